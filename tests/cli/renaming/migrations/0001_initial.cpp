#include <croft/migration.hpp>

CROFT_MIGRATION("0001_initial",
                create_table("item",
                             {
                                 id(),
                                 text("name"),
                                 integer32("sell_price"),
                             }),
                add_unique("item", {"name"}), keep_history("item"));
