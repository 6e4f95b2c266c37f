// error: on_delete::set_null needs an optional reference: std::optional<croft::ref<…>>
#include <croft/query.hpp>

struct Item {
    std::int64_t id = 0;
    croft::ref<Item, "", croft::on_delete::set_null> parent;  // misuse
};
CROFT_MODEL(Item);
