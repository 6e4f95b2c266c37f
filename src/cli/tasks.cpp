#include <fmt/format.h>

#include "app/app_tasks.hpp"
#include "app/task_overview.hpp"
#include "app/wanted_schema.hpp"
#include "cli/commands.hpp"
#include "cli/in_app.hpp"
#include "cli/listing.hpp"
#include "cli/run_task.hpp"
#include "cli/task_commands.hpp"
#include "work/store.hpp"

namespace croft::cli {
namespace {

std::string last_of(const app::task_summary& task) {
    if (task.last_outcome.empty()) return "never ran";
    const auto& why = task.last_error.empty() ? task.last_marks : task.last_error;
    const auto failure = why.empty() ? "" : ": " + first_line(why);
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
    listing list({"TASK", "WHEN", "STATE", "NEXT RUN (UTC)", "LAST RUN"});
    for (const auto& one : all) list.add({one.name, one.spec, one.state, moment(one.next), last_of(one)});
    list.print();
}

json as_json(const app::task_summary& one) {
    return json::object({{"name", one.name},
                         {"when", one.spec},
                         {"state", one.state},
                         {"nextRun", time_as_json(one.next)},
                         {"lastStarted", time_as_json(one.last_started)},
                         {"lastOutcome", one.last_outcome},
                         {"lastError", one.last_error},
                         {"lastMarks", one.last_marks}});
}

class run_task final : public task_command {
public:
    std::string_view name() const override { return "run"; }
    std::string_view help() const override { return "run a task now, in this process; the exit code is its outcome"; }
    void declare(arguments& args) override {
        task_command::declare(args);
        args.option("--with", with_, "JSON", "what run_arguments() gives in it: '{\"page\": 3}'");
    }
    int run(const context& now) override {
        run_here(now, task_, with_ ? json::parse(*with_, "--with") : json::object({}));
        return done;
    }

private:
    std::optional<std::string> with_;
};

class pause_task final : public task_command {
public:
    explicit pause_task(bool paused) : paused_(paused) {}
    std::string_view name() const override { return paused_ ? "pause" : "resume"; }
    std::string_view help() const override {
        return paused_ ? "no more runs by schedule, also after a restart, until resumed" : "run by schedule again";
    }
    int run(const context& now) override {
        auto change = [](const app::config* settings, std::string name, bool paused) -> task<> {
            app::application app(*settings);
            co_await app.open_existing();
            if (paused)
                co_await app.tasks().pause(name);
            else
                co_await app.tasks().resume(name);
            co_await app.stop();
        };
        croft::run(change(&now.settings, task_, paused_));
        fmt::print("{}: {}\n", task_, paused_ ? "paused" : "resumed");
        return done;
    }

private:
    bool paused_;
};

class cancel_task final : public task_command {
public:
    std::string_view name() const override { return "cancel"; }
    std::string_view help() const override {
        return "cancel the run that is under way, in whatever process; it isn't tried again";
    }
    int run(const context& now) override {
        require_task(task_);
        if (in_app(now, [&] { return work::store::cancel(task_, "cancelled by the operator"); }) == 0)
            throw command_error("task " + task_ + ": it isn't running");
        fmt::print("{}: cancelled\n", task_);
        return done;
    }
};

class list_tasks final : public command {
public:
    std::string_view name() const override { return "tasks"; }
    std::string_view help() const override { return "list the tasks; run, show, pause, resume, cancel, tail one"; }
    void declare(arguments& args) override {
        args.option("--state", state_, "STATE", "scheduled, running, paused, switched off or to be retried");
        args.flag("--json", json_, "print JSON, a line each");
    }
    std::vector<std::unique_ptr<command>> children() override {
        std::vector<std::unique_ptr<command>> below;
        below.push_back(std::make_unique<run_task>());
        below.push_back(show_task_command());
        below.push_back(std::make_unique<pause_task>(true));
        below.push_back(std::make_unique<pause_task>(false));
        below.push_back(std::make_unique<cancel_task>());
        below.push_back(tail_tasks_command());
        return below;
    }
    int run(const context& now) override {
        const auto& set = now.settings;
        const bool there = app::database_exists(set.database.value) && set.database.value != "sqlite::memory:";
        auto all =
            there ? croft::run(read(&set)) : app::task_overview_without_database(app::app_tasks(), set.tasks.value);
        if (state_) std::erase_if(all, [&](const app::task_summary& one) { return one.state != *state_; });
        if (!json_)
            print(all);
        else
            for (const auto& one : all) fmt::print("{}\n", as_json(one).dump());
        return done;
    }

private:
    std::optional<std::string> state_;
    bool json_ = false;
};

}  // namespace

std::unique_ptr<command> tasks_command() { return std::make_unique<list_tasks>(); }

}  // namespace croft::cli
