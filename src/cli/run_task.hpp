// One run of a task in this process: for `tasks run` and `cursors backfill`. Main thread.
#pragma once

#include <string>

#include "cli/command.hpp"
#include "croft/json.hpp"

namespace croft::cli {

/// Runs the task, with what run_arguments() is to give in it, and says how it went; nothing else runs meanwhile. Throws
/// command_error unless the run went well.
void run_here(const context& now, const std::string& name, json with = json::object({}));

}  // namespace croft::cli
