#pragma once

#include <croft/load.hpp>

#include "apps/blocks/models.hpp"

inline const auto block_rows =
    croft::serializer<Block>(croft::from<&Block::name>("name", croft::required, croft::max_length(255)),
                             croft::from<&Block::emit_light>("emitLight", croft::in_range(0, 15)));
