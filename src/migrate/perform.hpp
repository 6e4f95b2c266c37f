// Runs a stage's steps, within a transaction of the caller's. Loop thread only.
#pragma once

#include "migrate/steps.hpp"

namespace croft::migrations {

/// Throws croft::error that names `title` and the step that failed, with its cause nested.
task<> perform(db::database* base, std::vector<step> steps, std::string title);

}  // namespace croft::migrations
