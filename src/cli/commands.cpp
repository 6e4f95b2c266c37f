#include "cli/commands.hpp"
#include "cli/command.hpp"

namespace croft::cli {

std::vector<std::unique_ptr<command>> all_commands() {
    std::vector<std::unique_ptr<command>> all;
    for (auto* make : {run_command, migrate_command, makemigrations_command, inspect_command, move_command,
                       tasks_command, jobs_command, graphql_command, history_command, rejected_command, cursors_command,
                       rollup_command, check_command})
        all.push_back(make());
    return all;
}

}  // namespace croft::cli
