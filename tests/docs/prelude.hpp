// What the documentation's short samples stand in: its models and sites.
#pragma once

#include <croft/croft.hpp>
#include <iostream>

using namespace croft;

struct Item {
    std::int64_t id = 0;
    std::string name, type = "item";
    std::int32_t sell_price = 0;
    std::optional<std::int32_t> market_price;
};
CROFT_MODEL(Item, unique<&Item::name>, history());

struct RecipeItem {
    std::int64_t id = 0;
    croft::ref<Item, "recipe"> item;
    croft::ref<Item, "used_in"> ingredient;
    std::int32_t quantity = 1;
};
CROFT_MODEL(RecipeItem, unique<&RecipeItem::item, &RecipeItem::ingredient>, history());
