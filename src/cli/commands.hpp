// The commands' makers, one a file. A new command is one file, a line here and a word in commands.cpp.
#pragma once

#include "cli/command.hpp"

namespace croft::cli {

std::unique_ptr<command> run_command();             // run.cpp
std::unique_ptr<command> migrate_command();         // migrate.cpp
std::unique_ptr<command> makemigrations_command();  // makemigrations.cpp
std::unique_ptr<command> inspect_command();         // inspect.cpp
std::unique_ptr<command> move_command();            // move.cpp
std::unique_ptr<command> tasks_command();           // tasks.cpp
std::unique_ptr<command> jobs_command();            // jobs.cpp
std::unique_ptr<command> graphql_command();         // graphql.cpp
std::unique_ptr<command> history_command();         // history.cpp
std::unique_ptr<command> check_command();           // check.cpp
std::unique_ptr<command> rejected_command();        // rejected.cpp
std::unique_ptr<command> cursors_command();         // cursors.cpp
std::unique_ptr<command> rollup_command();          // rollup.cpp

}  // namespace croft::cli
