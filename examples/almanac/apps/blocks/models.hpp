#pragma once

#include <croft/model.hpp>

struct Block {
    std::int64_t id = 0;
    std::string name, display_name;
    std::optional<double> hardness;  // null: can't be broken
    double resistance = 0;           // against explosions
    std::int32_t stack_size = 64, emit_light = 0, filter_light = 0;
    bool diggable = true, transparent = false;
    std::optional<std::string> material;
};
CROFT_MODEL(Block, unique<&Block::name>, indexed<&Block::material>, history());
