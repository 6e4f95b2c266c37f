#pragma once

#include <croft/model.hpp>

struct Biome {
    std::int64_t id = 0;
    std::string name, display_name, category, dimension;
    double temperature = 0;
    std::optional<double> rainfall;  // until 1.18
};
CROFT_MODEL(Biome, unique<&Biome::name>, history());

struct Enchantment {
    std::int64_t id = 0;
    std::string name, display_name, category;
    std::int32_t max_level = 1, weight = 1;
    bool curse = false, treasure_only = false;
};
CROFT_MODEL(Enchantment, unique<&Enchantment::name>, history());
