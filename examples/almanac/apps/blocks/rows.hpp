#pragma once

#include <croft/load.hpp>

#include "apps/blocks/models.hpp"

inline const croft::serializer<Block> block_rows(croft::from<&Block::emit_light>("emitLight", croft::in_range(0, 15)),
                                                 croft::from<&Block::filter_light>("filterLight",
                                                                                   croft::in_range(0, 15)));
