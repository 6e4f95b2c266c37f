#include "work/registry.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

#include "base/text.hpp"
#include "work/quiet_hours.hpp"
#include "work/schedule.hpp"

namespace croft::work {
namespace {

// Declarations come before main(), from files in any order: the list is made by whoever is first.
std::vector<task_info>& declarations() {
    static std::vector<task_info> all;
    return all;
}

std::string place(const task_info& task) { return fmt::format("{}:{}: task {}", task.file, task.line, task.name); }

class checker {
public:
    explicit checker(const task_info& task) : task_(&task) {}

    void run(std::vector<std::string>& problems) {
        problems_ = &problems;
        const auto& options = task_->options;
        if (const auto when = schedule::make(*task_, 0); !when) refuse(when.error().message);
        if (options.timeout < 0s) refuse(".timeout is negative; 0 means no limit");
        if (options.retries && *options.retries < 0) refuse(".retries is negative; 0 means none");
        if (options.retry_from <= 0s) refuse(".retry_from must be more than 0");
        if (options.retry_to < options.retry_from) refuse(".retry_to is shorter than .retry_from");
        if (options.most_missed < 1) refuse(".most_missed must be at least 1");
        if (options.missed_grace && *options.missed_grace <= 0s) refuse(".missed_grace must be more than 0");
        if (options.jitter < 0s) refuse(".jitter is negative; 0 means none");
        if (const auto* every = std::get_if<duration>(&task_->when); every && options.jitter >= *every)
            refuse(".jitter must be shorter than the interval");
        if (const auto quiet = quiet_hours::make(options.quiet, options.timezone); !quiet)
            refuse(".quiet: " + quiet.error().message);
    }

private:
    void refuse(std::string_view why) { problems_->push_back(fmt::format("{}: {}", place(*task_), why)); }
    const task_info* task_;
    std::vector<std::string>* problems_ = nullptr;
};

/// Each `after` names a task, and no chain of them comes back to where it began.
void check_order(const std::vector<task_info>& tasks, std::vector<std::string>& problems) {
    std::vector<std::string_view> names;
    for (const auto& task : tasks) names.push_back(task.name);
    const auto before = [&](const task_info& task) -> const task_info* {
        if (task.options.after.empty()) return nullptr;
        const auto at = std::ranges::find(tasks, full_name(task, task.options.after), &task_info::name);
        return at == tasks.end() ? nullptr : &*at;
    };
    for (const auto& task : tasks) {
        if (task.options.after.empty()) continue;
        const auto* at = before(task);
        if (!at)
            problems.push_back(fmt::format("{}: .after: there is no task {}{}", place(task), quoted(task.options.after),
                                           did_you_mean(task.options.after, names)));
        for (std::size_t steps = 0; at && steps <= tasks.size(); ++steps, at = before(*at))
            if (at == &task) {
                problems.push_back(fmt::format("{}: .after: it would wait for itself", place(task)));
                break;
            }
    }
}

}  // namespace

std::string full_name(const task_info& task, const std::string& other) {
    const auto dot = task.name.rfind('.');
    if (dot == std::string::npos || other.find('.') != std::string::npos) return other;
    return task.name.substr(0, dot + 1) + other;
}

std::string task_name(std::string_view file, std::string_view function) {
    constexpr std::string_view folder = "apps/";
    auto at = file.rfind("/apps/");
    at = at != std::string_view::npos ? at + 1 : file.starts_with(folder) ? 0 : at;
    if (at == std::string_view::npos) return std::string(function);
    const auto app = file.substr(at + folder.size());
    const auto end = app.find('/');
    if (end == std::string_view::npos) return std::string(function);
    return fmt::format("{}.{}", app.substr(0, end), function);
}

bool declare_task(task_info task) noexcept {
    task.name = task_name(task.file, task.function);
    declarations().push_back(std::move(task));
    return true;
}

const std::vector<task_info>& declared_tasks() { return declarations(); }

std::vector<task_info> check_tasks(std::vector<task_info> tasks) {
    std::ranges::sort(tasks, [](const task_info& a, const task_info& b) {
        return std::tie(a.name, a.file, a.line) < std::tie(b.name, b.file, b.line);
    });
    std::vector<std::string> problems;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        checker(tasks[i]).run(problems);
        if (i > 0 && tasks[i].name == tasks[i - 1].name)
            problems.push_back(fmt::format("{}: the name is taken by {}:{}; names are <app>.<function>",
                                           place(tasks[i]), tasks[i - 1].file, tasks[i - 1].line));
    }
    check_order(tasks, problems);
    if (!problems.empty()) throw config_error(fmt::format("{}", fmt::join(problems, "; ")));
    return tasks;
}

}  // namespace croft::work
