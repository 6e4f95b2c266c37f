#pragma once

#include <croft/load.hpp>

#include "apps/recipes/models.hpp"
#include "apps/versions/release.hpp"

inline const croft::serializer<Recipe> recipe_rows(croft::from<&Recipe::result>("result", croft::by<&Item::name>));

inline const croft::serializer<RecipeIngredient> ingredient_rows(
    croft::from<&RecipeIngredient::recipe>("recipe", croft::by<&Recipe::name>),
    croft::from<&RecipeIngredient::item>("item", croft::by<&Item::name>));

/// What these read. The source lists recipes by their result's id; a cell is null, an id or {id, metadata}:
///
///     {"280": [{"inShape": [[5], [5]], "result": {"id": 280, "count": 4}}]}
///
/// Until 1.12 metadata told varieties of one item apart (oak from birch planks): the recipe's text says "planks:2", and
/// its ingredient is the item "planks".
struct recipe_tables {
    croft::json recipes, ingredients;
};
recipe_tables reshape_recipes(const Release& release);
