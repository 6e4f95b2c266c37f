// error: a reference to a struct that is not a model: write CROFT_MODEL(Name) after its definition
#include <croft/query.hpp>

struct Stranger {
    std::int64_t id = 0;
};
struct Item {
    std::int64_t id = 0;
    croft::ref<Stranger> other;  // misuse
};
CROFT_MODEL(Item);
