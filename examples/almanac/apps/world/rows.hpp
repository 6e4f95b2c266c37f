#pragma once

#include <croft/load.hpp>

#include "apps/world/models.hpp"

inline const croft::serializer<Biome> biome_rows(croft::from<&Biome::temperature>("temperature", croft::rounded(3)),
                                                 croft::from<&Biome::rainfall>("rainfall", croft::rounded(3)));
