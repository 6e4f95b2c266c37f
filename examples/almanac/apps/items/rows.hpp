#pragma once

#include <croft/load.hpp>

#include "apps/items/models.hpp"

inline const croft::serializer<Food> food_rows(croft::from<&Food::item>("name", croft::by<&Item::name>),
                                               croft::from<&Food::saturation>("saturation", croft::rounded(3)));
