// error: each member but the last must be a croft::ref to the model of the next
#include <croft/query.hpp>

struct Item {
    std::int64_t id = 0;
    std::string name;
};
CROFT_MODEL(Item);
struct Price {
    std::int64_t id = 0;
    croft::ref<Item> item;
    double amount = 0;
};
CROFT_MODEL(Price);
inline void ask() {
    (void)(croft::f<&Price::item, &Item::name> == "hoe");
    (void)(croft::f<&Price::amount, &Item::name> == "hoe");  // misuse
}
