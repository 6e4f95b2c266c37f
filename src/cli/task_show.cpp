#include "cli/task_commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "app/app_tasks.hpp"
#include "base/text.hpp"
#include "cli/in_app.hpp"
#include "cli/listing.hpp"
#include "croft/query.hpp"

namespace croft::cli {

using work::croft_run;

json as_json(const croft_run& run) {
    return json::object({{"run", run.id},
                         {"task", run.task},
                         {"scheduledAt", to_text(run.scheduled_at)},
                         {"attempt", run.attempt},
                         {"outcome", run.outcome},
                         {"startedAt", time_as_json(run.started_at)},
                         {"finishedAt", time_as_json(run.finished_at)},
                         {"rows", run.rows},
                         {"requests", run.requests},
                         {"bytes", run.bytes},
                         {"error", run.error},
                         {"marks", run.marks},
                         {"version", run.version},
                         {"log", run.log}});
}

std::string seconds_of(const croft_run& run) {
    if (!run.started_at || !run.finished_at) return "-";
    return fmt::format("{:.1f}", static_cast<double>((*run.finished_at - *run.started_at).count()) / 1e6);
}

void require_task(const std::string& name) {
    const auto tasks = app::app_tasks();
    std::vector<std::string_view> names;
    for (const auto& task : tasks) names.push_back(task.name);
    if (std::ranges::find(names, name) == names.end())
        throw command_error("there is no task " + croft::quoted(name) + did_you_mean(name, names), unusable);
}

namespace {

constexpr std::int64_t most_shown = 20;

class show_task final : public task_command {
public:
    std::string_view name() const override { return "show"; }
    std::string_view help() const override { return "show a task's last 20 runs, and the log of the newest"; }
    void declare(arguments& args) override {
        task_command::declare(args);
        args.option("--run", run_, "N", "only this run, with its log");
        args.flag("--json", json_, "print an array of objects");
    }
    int run(const context& now) override {
        require_task(task_);
        auto wanted = query<croft_run>().where(f<&croft_run::task> == task_);
        if (run_) wanted = wanted.where(f<&croft_run::id> == run_number());
        wanted = wanted.order_by(f<&croft_run::id>.descending()).limit(most_shown);
        const auto runs = in_app(now, [&] { return wanted.list(); });
        if (run_ && runs.empty()) throw command_error(fmt::format("task {} has no run {}", task_, *run_));
        json_ ? print_json(runs) : print(runs);
        return done;
    }

private:
    std::int64_t run_number() const {
        std::int64_t id = 0;
        const auto end = run_->data() + run_->size();
        if (run_->empty() || std::from_chars(run_->data(), end, id).ptr != end)
            throw command_error(*run_ + " is no number of a run; `tasks show` lists them", unusable);
        return id;
    }

    static void print_json(const std::vector<croft_run>& runs) {
        auto all = json::array({});
        for (const auto& one : runs) all.push_back(as_json(one));
        fmt::print("{}\n", all.dump(2));
    }

    static void print(const std::vector<croft_run>& runs) {
        listing list({"RUN", "SCHEDULED (UTC)", "STARTED (UTC)", "ATTEMPT", "OUTCOME", "SECONDS", "ROWS", "REQUESTS",
                      "BYTES", ""});
        for (const auto& one : runs)
            list.add({std::to_string(one.id), moment(one.scheduled_at), moment(one.started_at),
                      std::to_string(one.attempt), one.outcome, seconds_of(one), std::to_string(one.rows),
                      std::to_string(one.requests), std::to_string(one.bytes),
                      first_line(one.error.empty() ? one.marks : one.error)});
        list.print();
        if (!runs.empty())
            fmt::print("\nrun {}, program {}:\n{}", runs.front().id, runs.front().version, runs.front().log);
    }

    std::optional<std::string> run_;
    bool json_ = false;
};

}  // namespace

std::unique_ptr<command> show_task_command() { return std::make_unique<show_task>(); }

}  // namespace croft::cli
