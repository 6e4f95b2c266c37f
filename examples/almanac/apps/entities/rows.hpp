#pragma once

#include <croft/load.hpp>

#include "apps/entities/models.hpp"

// Some versions say 1.39648, others 1.3964844: that is no change.
inline const croft::serializer<Entity> entity_rows(croft::from<&Entity::width>("width", croft::rounded(3)),
                                                   croft::from<&Entity::height>("height", croft::rounded(3)));
