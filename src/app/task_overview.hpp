// What there is to say of each task: for the operator's page and the command `tasks`. Loop thread only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "croft/every.hpp"

namespace croft::app {

struct task_summary {
    std::string name, spec;
    std::optional<time_point> next;  // empty: it doesn't run by itself
    std::string state;               // "scheduled", "running", "paused", "switched off", "to be retried"
    std::string last_outcome;        // as croft_run.outcome; empty: it never ran
    std::optional<time_point> last_started;
    std::string last_error;
    std::string last_marks;  // as croft_run.marks
};

/// "@weekly, Europe/Berlin", "every 30 s". Throws config_error for a spec that can't be.
std::string spec_of(const work::task_info& task);

/// Reads what the current database knows of these tasks. Throws db::error, and config_error for patterns that can't be.
task<std::vector<task_summary>> task_overview(std::vector<work::task_info> tasks, std::string patterns);
/// The same without a database: none has ever run.
std::vector<task_summary> task_overview_without_database(const std::vector<work::task_info>& tasks,
                                                         std::string_view patterns);

}  // namespace croft::app
