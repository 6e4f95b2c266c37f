#pragma once

#include "apps/items/models.hpp"

/// A recipe has no name in the game, so it is told by its text: "stick x4 <- oak_planks / oak_planks".
struct Recipe {
    std::int64_t id = 0;
    std::string name;
    croft::ref<Item, "recipes"> result;
    std::int32_t quantity = 1;
    bool shaped = false;  // whether it matters what lies where
};
CROFT_MODEL(Recipe, unique<&Recipe::name>, history());

struct RecipeIngredient {
    std::int64_t id = 0;
    croft::ref<Recipe, "ingredients"> recipe;
    croft::ref<Item, "used_in"> item;
    std::int32_t quantity = 1;
};
CROFT_MODEL(RecipeIngredient, unique<&RecipeIngredient::recipe, &RecipeIngredient::item>, history());
