#pragma once

#include <croft/load.hpp>

#include "apps/blocks/models.hpp"

inline const croft::serializer<Block> block_rows(
    croft::from<&Block::hardness>("hardness", croft::convert([](const croft::json& hardness) {
                                      return hardness.number() < 0
                                                 ? std::nullopt
                                                 : std::optional(hardness.number());  // -1 since 1.19, null before
                                  })),
    croft::from<&Block::emit_light>("emitLight", croft::in_range(0, 15)),
    croft::from<&Block::filter_light>("filterLight", croft::in_range(0, 15)));
