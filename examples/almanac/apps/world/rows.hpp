#pragma once

#include <croft/load.hpp>

#include "apps/world/models.hpp"

inline const auto biome_rows =
    croft::serializer<Biome>(croft::from<&Biome::name>("name", croft::required, croft::max_length(255)));

inline const auto enchantment_rows =
    croft::serializer<Enchantment>(croft::from<&Enchantment::name>("name", croft::required, croft::max_length(255)));
