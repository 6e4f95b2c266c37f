#pragma once

#include <croft/load.hpp>

#include "apps/items/models.hpp"

// Fields of the same name map by themselves, "stackSize" to stack_size too; the source's numeric id is not ours.
inline const auto item_rows =
    croft::serializer<Item>(croft::from<&Item::name>("name", croft::required, croft::max_length(255)));

inline const auto food_rows =
    croft::serializer<Food>(croft::from<&Food::item>("name", croft::required, croft::by<&Item::name>));
