#pragma once

#include <croft/load.hpp>

#include "apps/entities/models.hpp"

// Until 1.13 an entity could have several ids and so be listed several times: the first one counts, the loader sets the
// others aside.
inline const auto entity_rows =
    croft::serializer<Entity>(croft::from<&Entity::name>("name", croft::required, croft::max_length(255)));
