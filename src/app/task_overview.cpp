#include "app/task_overview.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

#include "croft/query.hpp"
#include "work/registry.hpp"
#include "work/schedule.hpp"
#include "work/tables.hpp"

namespace croft::app {
namespace {

using work::croft_run;
using work::croft_task;

work::schedule schedule_of(const work::task_info& task) {
    auto made = work::schedule::make(task, 0);
    if (!made) throw config_error(fmt::format("{}:{}: {}: {}", task.file, task.line, task.name, made.error().message));
    return std::move(*made);
}

void add_known(task_summary& summary, const croft_task& row, bool wanted, bool runs) {
    summary.last_outcome = row.last_outcome;
    summary.last_started = row.last_run_at;
    summary.last_error = row.last_error;
    summary.last_marks = row.last_marks;
    if (wanted && row.spec == summary.spec && row.next_run_at) summary.next = row.next_run_at;
    if (wanted && row.retry_at) {
        summary.state = "to be retried";
        summary.next = row.retry_at;
    }
    if (row.paused) {
        summary.state = "paused";
        summary.next.reset();
    }
    if (runs) summary.state = "running";
}

}  // namespace

std::string spec_of(const work::task_info& task) { return schedule_of(task).text(); }

std::vector<task_summary> task_overview_without_database(const std::vector<work::task_info>& tasks,
                                                         std::string_view patterns) {
    const auto wanted = work::matching_tasks(tasks, patterns);
    std::vector<task_summary> all;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        const auto when = schedule_of(tasks[i]);
        task_summary summary;
        summary.name = tasks[i].name;
        summary.spec = when.text();
        summary.state = wanted[i] ? "scheduled" : "switched off";
        if (wanted[i]) summary.next = when.next(now(), now());
        all.push_back(std::move(summary));
    }
    return all;
}

task<std::vector<task_summary>> task_overview(std::vector<work::task_info> tasks, std::string patterns) {
    auto all = task_overview_without_database(tasks, patterns);
    const auto wanted = work::matching_tasks(tasks, patterns);
    std::map<std::string, croft_task> known;
    for (auto& row : co_await query<croft_task>().list()) known.emplace(row.name, row);
    std::set<std::string> running;
    for (auto& run : co_await query<croft_run>().where(f<&croft_run::outcome> == "running").list())
        running.insert(run.task);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto row = known.find(all[i].name);
        if (row != known.end()) add_known(all[i], row->second, wanted[i], running.contains(all[i].name));
    }
    co_return all;
}

}  // namespace croft::app
