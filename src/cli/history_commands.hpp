// The history commands that have files of their own, and how they read numbers. Main thread.
#pragma once

#include "cli/command.hpp"

namespace croft::cli {

std::unique_ptr<command> history_changes_command();  // history_changes.cpp
std::unique_ptr<command> history_revert_command();   // history_changes.cpp
std::unique_ptr<command> history_prune_command();    // history_upkeep.cpp
std::unique_ptr<command> history_check_command();    // history_upkeep.cpp

/// A positive number. Throws command_error.
std::int64_t parse_number(const std::string& text);

}  // namespace croft::cli
