// error: a model is a plain struct: no constructors, no base class, no private members
#include <croft/query.hpp>

struct Item {
    std::int64_t id = 0;
    Item() {}  // misuse
};
CROFT_MODEL(Item);
