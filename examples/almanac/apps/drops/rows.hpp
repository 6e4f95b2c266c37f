#pragma once

#include <croft/load.hpp>

#include "apps/drops/models.hpp"
#include "apps/versions/release.hpp"

inline const croft::serializer<Drop> drop_rows(croft::from<&Drop::item>("item", croft::by<&Item::name>),
                                               croft::from<&Drop::block>("block", croft::by<&Block::name>),
                                               croft::from<&Drop::entity>("entity", croft::by<&Entity::name>));

/// What it reads. Since 1.14 drops come from the loot tables; before, blocks say themselves what they drop, and of
/// entities nothing is known.
croft::json reshape_drops(const Release& release);
