// error: max_length<> is for members of std::string
#include <croft/query.hpp>

struct Item {
    std::int64_t id = 0;
    std::string name;
};
CROFT_MODEL(Item, max_length<&Item::name>(20)
            , max_length<&Item::id>(20)  // misuse
);
