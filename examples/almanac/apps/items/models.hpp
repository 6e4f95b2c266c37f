#pragma once

#include <croft/model.hpp>

struct Item {
    std::int64_t id = 0;
    std::string name, display_name;  // "oak_planks", "Oak Planks"
    std::int32_t stack_size = 64;
    std::optional<std::int32_t> max_durability;  // tools and armour only
};
CROFT_MODEL(Item, unique<&Item::name>, history());

struct Food {
    std::int64_t id = 0;
    croft::ref<Item, "food"> item;
    std::int32_t food_points = 0;
    double saturation = 0;
};
CROFT_MODEL(Food, unique<&Food::item>, history());
