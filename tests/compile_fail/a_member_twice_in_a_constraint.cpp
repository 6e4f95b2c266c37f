// error: a member is named twice in one constraint
#include <croft/query.hpp>

struct Item {
    std::int64_t id = 0;
    std::string name, type;
};
CROFT_MODEL(Item, unique<&Item::type>
            , indexed<&Item::name, &Item::name>  // misuse
);
