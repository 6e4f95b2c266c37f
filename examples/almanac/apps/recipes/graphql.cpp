#include <croft/graphql.hpp>

#include "apps/recipes/models.hpp"

CROFT_GRAPHQL(Recipe, filters<&Recipe::id, &Recipe::name, &Recipe::result, &Recipe::shaped>,
              orders<&Recipe::id, &Recipe::name, &Recipe::quantity>, pages());
CROFT_GRAPHQL(RecipeIngredient, filters<&RecipeIngredient::item, &RecipeIngredient::quantity>,
              orders<&RecipeIngredient::quantity>, pages());
CROFT_GRAPHQL_QUERY("recipes", list<Recipe>);
CROFT_GRAPHQL_QUERY("recipe", one<Recipe>);
CROFT_GRAPHQL_QUERY("recipeHistory", history<Recipe>);
