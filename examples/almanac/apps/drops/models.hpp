#pragma once

#include "apps/blocks/models.hpp"
#include "apps/entities/models.hpp"
#include "apps/items/models.hpp"

/// What a broken block or a killed entity may leave behind. A drop has no name in the game, so it is told by its text:
/// "block coal_ore -> coal x1-2 (no silk touch)".
struct Drop {
    std::int64_t id = 0;
    std::string name;
    croft::ref<Item, "dropped_by"> item;
    std::optional<croft::ref<Block, "drops">> block;    // either a block …
    std::optional<croft::ref<Entity, "drops">> entity;  // … or an entity
    std::string condition;                              // "silk touch", "player kill"; empty: always
    double chance = 1;
    std::optional<std::int32_t> least, most;
};
CROFT_MODEL(Drop, unique<&Drop::name>, history());
