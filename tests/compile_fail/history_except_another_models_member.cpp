// error: an option of CROFT_MODEL names a member of another struct
#include <croft/query.hpp>

struct Item {
    std::int64_t id = 0;
    std::string name;
};
CROFT_MODEL(Item);
struct Price {
    std::int64_t id = 0;
    double amount = 0;
};
CROFT_MODEL(Price
            , history(except<&Item::name>)  // misuse
);
