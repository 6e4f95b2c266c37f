// Every task of the program: those that it declares, and those that Croft runs for it. Any thread.
#pragma once

#include "work/registry.hpp"

namespace croft::app {

/// Checked and in the order of their names; "croft.prune_history", daily, where a model says how long its history is
/// kept. Throws config_error for what can't be scheduled.
std::vector<work::task_info> app_tasks();

}  // namespace croft::app
