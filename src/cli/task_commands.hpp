// What the files of the command `tasks` share. Main thread.
#pragma once

#include <memory>
#include <string>

#include "cli/command.hpp"
#include "croft/json.hpp"
#include "work/tables.hpp"

namespace croft::cli {

std::unique_ptr<command> show_task_command();   // task_show.cpp
std::unique_ptr<command> tail_tasks_command();  // task_tail.cpp

json as_json(const work::croft_run& run);
/// "2.1", or "-" while it runs.
std::string seconds_of(const work::croft_run& run);
/// Throws command_error that names the nearest when the program has no such task.
void require_task(const std::string& name);

/// A command about one task, which is its first argument.
class task_command : public command {
public:
    void declare(arguments& args) override { args.positional("name", task_, "the task's name: items.ingest"); }

protected:
    std::string task_;
};

}  // namespace croft::cli
