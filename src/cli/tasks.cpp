#include <fmt/format.h>

#include <algorithm>

#include "app/app_tasks.hpp"
#include "app/application.hpp"
#include "app/task_overview.hpp"
#include "app/wanted_schema.hpp"
#include "cli/commands.hpp"
#include "cli/run_task.hpp"

namespace croft::cli {
namespace {

/// "2026-03-01 00:00:07Z"
std::string moment(const std::optional<time_point>& when) {
    if (!when) return "-";
    std::string text = to_text(*when);
    text[10] = ' ';
    return text.substr(0, 19) + "Z";
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string last_of(const app::task_summary& task) {
    if (task.last_outcome.empty()) return "never ran";
    const auto failure = task.last_error.empty() ? "" : ": " + first_line(task.last_error);
    return fmt::format("{} {}{}", moment(task.last_started), task.last_outcome, failure);
}

task<std::vector<app::task_summary>> read(const app::config* settings) {
    app::application app(*settings);
    co_await app.open_existing();
    auto all = co_await app::task_overview(app.tasks().tasks(), settings->tasks.value);
    co_await app.stop();
    co_return all;
}

void print(const std::vector<app::task_summary>& all) {
    std::size_t name = 4, spec = 4;
    for (auto& task : all) name = std::max(name, task.name.size()), spec = std::max(spec, task.spec.size());
    fmt::print("{:<{}}  {:<{}}  {:<13}  {:<20}  {}\n", "TASK", name, "WHEN", spec, "STATE", "NEXT RUN (UTC)",
               "LAST RUN");
    for (auto& task : all)
        fmt::print("{:<{}}  {:<{}}  {:<13}  {:<20}  {}\n", task.name, name, task.spec, spec, task.state,
                   moment(task.next), last_of(task));
}

class run_task final : public command {
public:
    std::string_view name() const override { return "run"; }
    std::string_view help() const override { return "run a task now, in this process; the exit code is its outcome"; }
    void declare(arguments& args) override { args.positional("name", name_, "the task's name: items.ingest"); }
    int run(const context& now) override {
        run_here(now, name_);
        return done;
    }

private:
    std::string name_;
};

class list_tasks final : public command {
public:
    std::string_view name() const override { return "tasks"; }
    std::string_view help() const override { return "list the tasks; tasks run NAME: run one now"; }
    std::vector<std::unique_ptr<command>> children() override {
        std::vector<std::unique_ptr<command>> below;
        below.push_back(std::make_unique<run_task>());
        return below;
    }
    int run(const context& now) override {
        const auto& set = now.settings;
        if (app::database_exists(set.database.value) && set.database.value != "sqlite::memory:")
            print(croft::run(read(&set)));
        else
            print(app::task_overview_without_database(app::app_tasks(), set.tasks.value));
        return done;
    }
};

}  // namespace

std::unique_ptr<command> tasks_command() { return std::make_unique<list_tasks>(); }

}  // namespace croft::cli
