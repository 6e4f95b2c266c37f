#pragma once

#include <croft/model.hpp>

struct Entity {
    std::int64_t id = 0;
    std::string name, display_name, type;
    std::optional<std::string> category;
    std::optional<double> width, height;  // in blocks
};
CROFT_MODEL(Entity, unique<&Entity::name>, history());
