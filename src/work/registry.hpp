// The program's scheduled tasks: what CROFT_EVERY and CROFT_CRON declared, checked, and which of them are wanted here.
//
//     auto tasks = work::check_tasks(work::declared_tasks());
//     auto wanted = work::matching_tasks(tasks, "items.*,!items.slow");
//
// Any thread, after static initialisation.
#pragma once

#include <string_view>
#include <vector>

#include "croft/every.hpp"

namespace croft::work {

/// As declared, in no certain order.
const std::vector<task_info>& declared_tasks();

/// Gives them with their names, in the order of these. Throws config_error that tells every problem with file and line:
/// a name used twice, a spec, zone or option that can't be.
std::vector<task_info> check_tasks(std::vector<task_info> tasks);

/// The name of another task, as `task` may say it: "scrape" within items is "items.scrape".
std::string full_name(const task_info& task, const std::string& other);

/// Whether each task is wanted (CROFT_TASKS). `patterns` is a list separated by commas: "*" stands for any text, "!"
/// takes away, the last pattern that matches decides; a list that begins with "!" starts from all. "" and "*" are all,
/// "none" is none. Throws config_error for a pattern that matches no task, naming the nearest.
std::vector<bool> matching_tasks(const std::vector<task_info>& tasks, std::string_view patterns);

}  // namespace croft::work
