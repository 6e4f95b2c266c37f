#include <croft/graphql.hpp>

#include "apps/items/models.hpp"

CROFT_GRAPHQL(Item, filters<&Item::id, &Item::name, &Item::display_name, &Item::stack_size, &Item::max_durability>,
              orders<&Item::id, &Item::name, &Item::display_name, &Item::max_durability>, pages(),
              field("wearsOut", [](const Item& item) { return item.max_durability.has_value(); }));
CROFT_GRAPHQL_QUERY("items", list<Item>);
CROFT_GRAPHQL_QUERY("item", one<Item>);
CROFT_GRAPHQL_QUERY("itemHistory", history<Item>);

CROFT_GRAPHQL(StackStats, filters<&StackStats::stack_size>, orders<&StackStats::stack_size, &StackStats::count>,
              pages());
CROFT_GRAPHQL_QUERY("stackStats", list<StackStats>);

CROFT_GRAPHQL(Food, filters<&Food::item, &Food::food_points>, orders<&Food::food_points, &Food::saturation>, pages());
CROFT_GRAPHQL_QUERY("foods", list<Food>);
