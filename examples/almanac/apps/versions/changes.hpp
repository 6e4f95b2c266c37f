#pragma once

#include <croft/task.hpp>

#include "apps/versions/models.hpp"

/// Stores what the version changed in each table, as the histories tell it: also when it was ingested once before.
croft::task<> count_changes(Version version);
