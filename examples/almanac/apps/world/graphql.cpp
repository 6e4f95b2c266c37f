#include <croft/graphql.hpp>

#include "apps/world/models.hpp"

CROFT_GRAPHQL(Biome, filters<&Biome::name, &Biome::category, &Biome::dimension>,
              orders<&Biome::name, &Biome::temperature>, pages());
CROFT_GRAPHQL_QUERY("biomes", list<Biome>);

CROFT_GRAPHQL(Enchantment, filters<&Enchantment::name, &Enchantment::category, &Enchantment::curse>,
              orders<&Enchantment::name, &Enchantment::max_level>, pages());
CROFT_GRAPHQL_QUERY("enchantments", list<Enchantment>);
