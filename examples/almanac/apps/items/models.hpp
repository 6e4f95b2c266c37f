#pragma once

#include <croft/model.hpp>
#include <croft/rollup.hpp>

struct Item {
    std::int64_t id = 0;
    std::string name, display_name;  // "oak_planks", "Oak Planks"
    std::int32_t stack_size = 64;
    std::optional<std::int32_t> max_durability;  // tools and armour only
};
CROFT_MODEL(Item, unique<&Item::name>, history());

/// Of each stack size: kept right by every write to the items, whoever makes it.
struct StackStats {
    std::int64_t id = 0;
    std::int32_t stack_size = 64;
    std::int64_t count = 0;
    std::optional<double> avg_max_durability;
};
CROFT_ROLLUP(StackStats, from<Item>, by<&Item::stack_size>, count(), avg<&Item::max_durability>);

struct Food {
    std::int64_t id = 0;
    croft::ref<Item, "food"> item;
    std::int32_t food_points = 0;
    double saturation = 0;
};
CROFT_MODEL(Food, unique<&Food::item>, history());
