#pragma once

#include <croft/load.hpp>

#include "apps/versions/release.hpp"

/// Makes the release the present state, and marks its version as ingested: all of it or nothing, so that readers see
/// the version before until this one is whole. Throws croft::error when the release would empty a table.
croft::task<std::vector<croft::load_report>> store(Release release);
