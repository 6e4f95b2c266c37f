#include <fmt/format.h>

#include <algorithm>

#include "app/app_tasks.hpp"
#include "app/application.hpp"
#include "app/task_overview.hpp"
#include "app/wanted_schema.hpp"
#include "cli/commands.hpp"
#include "cli/listing.hpp"
#include "cli/run_task.hpp"
#include "croft/json.hpp"
#include "croft/query.hpp"
#include "work/tables.hpp"

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
    const auto time = [](const std::optional<time_point>& at) { return at ? json(to_text(*at)) : json(); };
    return json::object({{"name", one.name},
                         {"when", one.spec},
                         {"state", one.state},
                         {"nextRun", time(one.next)},
                         {"lastStarted", time(one.last_started)},
                         {"lastOutcome", one.last_outcome},
                         {"lastError", one.last_error},
                         {"lastMarks", one.last_marks}});
}

class run_task final : public command {
public:
    std::string_view name() const override { return "run"; }
    std::string_view help() const override { return "run a task now, in this process; the exit code is its outcome"; }
    void declare(arguments& args) override {
        args.positional("name", name_, "the task's name: items.ingest");
        args.option("--with", with_, "JSON", "what run_arguments() gives in it: '{\"page\": 3}'");
    }
    int run(const context& now) override {
        run_here(now, name_, with_ ? json::parse(*with_, "--with") : json::object({}));
        return done;
    }

private:
    std::string name_;
    std::optional<std::string> with_;
};

class show_task final : public command {
public:
    std::string_view name() const override { return "show"; }
    std::string_view help() const override { return "show a task's last runs, and the log of the newest"; }
    void declare(arguments& args) override {
        args.positional("name", name_, "the task's name: items.ingest");
        args.option("--run", run_, "N", "the log of this run instead");
    }
    int run(const context& now) override {
        const auto runs = croft::run(read_runs(&now.settings, name_));
        listing list({"RUN", "SCHEDULED (UTC)", "STARTED (UTC)", "ATTEMPT", "OUTCOME", "SECONDS", "ROWS", ""});
        for (const auto& one : runs)
            list.add({std::to_string(one.id), moment(one.scheduled_at), moment(one.started_at),
                      std::to_string(one.attempt), one.outcome, seconds(one), std::to_string(one.rows),
                      first_line(one.error.empty() ? one.marks : one.error)});
        list.print();
        const auto wanted = std::ranges::find_if(
            runs, [&](const work::croft_run& one) { return !run_ || std::to_string(one.id) == *run_; });
        if (wanted != runs.end()) fmt::print("\nrun {}, program {}:\n{}", wanted->id, wanted->version, wanted->log);
        return done;
    }

private:
    static std::string seconds(const work::croft_run& run) {
        if (!run.started_at || !run.finished_at) return "-";
        return fmt::format("{:.1f}", static_cast<double>((*run.finished_at - *run.started_at).count()) / 1e6);
    }
    static task<std::vector<work::croft_run>> read_runs(const app::config* settings, std::string name) {
        using work::croft_run;
        app::application app(*settings);
        co_await app.open_existing();
        if (std::ranges::find(app.tasks().tasks(), name, &work::task_info::name) == app.tasks().tasks().end())
            throw command_error("there is no task " + name + "; `tasks` lists them");
        auto runs = co_await query<croft_run>()
                        .where(f<&croft_run::task> == name)
                        .order_by(f<&croft_run::id>.descending())
                        .limit(20)
                        .list();
        co_await app.stop();
        co_return runs;
    }
    std::string name_;
    std::optional<std::string> run_;
};

class pause_task final : public command {
public:
    explicit pause_task(bool paused) : paused_(paused) {}
    std::string_view name() const override { return paused_ ? "pause" : "resume"; }
    std::string_view help() const override {
        return paused_ ? "no more runs by schedule, also after a restart, until resumed" : "run by schedule again";
    }
    void declare(arguments& args) override { args.positional("name", name_, "the task's name: items.ingest"); }
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
        croft::run(change(&now.settings, name_, paused_));
        fmt::print("{}: {}\n", name_, paused_ ? "paused" : "resumed");
        return done;
    }

private:
    bool paused_;
    std::string name_;
};

class list_tasks final : public command {
public:
    std::string_view name() const override { return "tasks"; }
    std::string_view help() const override { return "list the tasks; run, show, pause, resume one"; }
    void declare(arguments& args) override { args.flag("--json", json_, "print JSON, a line each"); }
    std::vector<std::unique_ptr<command>> children() override {
        std::vector<std::unique_ptr<command>> below;
        below.push_back(std::make_unique<run_task>());
        below.push_back(std::make_unique<show_task>());
        below.push_back(std::make_unique<pause_task>(true));
        below.push_back(std::make_unique<pause_task>(false));
        return below;
    }
    int run(const context& now) override {
        const auto& set = now.settings;
        const bool there = app::database_exists(set.database.value) && set.database.value != "sqlite::memory:";
        const auto all =
            there ? croft::run(read(&set)) : app::task_overview_without_database(app::app_tasks(), set.tasks.value);
        if (!json_)
            print(all);
        else
            for (const auto& one : all) fmt::print("{}\n", as_json(one).dump());
        return done;
    }

private:
    bool json_ = false;
};

}  // namespace

std::unique_ptr<command> tasks_command() { return std::make_unique<list_tasks>(); }

}  // namespace croft::cli
