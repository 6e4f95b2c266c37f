#include <fmt/format.h>

#include <map>

#include "cli/follow.hpp"
#include "cli/listing.hpp"
#include "cli/task_commands.hpp"
#include "croft/query.hpp"
#include "work/run_log.hpp"

namespace croft::cli {
namespace {

using work::croft_run;

class tail_tasks final : public command {
public:
    std::string_view name() const override { return "tail"; }
    std::string_view help() const override {
        return "print when runs begin, what they log and how they end, until it is stopped";
    }
    void declare(arguments& args) override {
        args.optional_positional("name", task_, "only this task: items.ingest");
        args.flag("--json", json_, "print JSON, a line each");
    }
    int run(const context& now) override {
        if (task_) require_task(*task_);
        follow(now, [this] { return look(); });
        return done;
    }

private:
    query_of<croft_run> runs() const {
        const auto all = query<croft_run>().order_by(f<&croft_run::id>);
        return task_ ? all.where(f<&croft_run::task> == *task_) : all;
    }

    task<> look() {
        if (!last_) {
            const auto newest = co_await query<croft_run>().order_by(f<&croft_run::id>.descending()).first();
            last_ = newest ? newest->id : 0;
            for (const auto& run : co_await runs().where(f<&croft_run::outcome> == "running").list()) print(run);
            co_return;
        }
        std::vector<std::int64_t> known;
        for (const auto& [id, log] : under_way_) known.push_back(id);
        for (const auto& run : co_await runs().where(f<&croft_run::id>.in(known)).list()) go_on(run);
        for (const auto& run : co_await runs().where(f<&croft_run::id> > *last_).list()) {
            last_ = run.id;
            print(run);
        }
    }

    void print(const croft_run& run) {
        if (run.outcome == "running") {
            under_way_[run.id];
            if (json_)
                fmt::print("{}\n", as_json(run).dump());
            else
                fmt::print("{}  {}begins\n", moment(run.started_at), title(run));
        }
        go_on(run);
    }

    /// What it has logged since the last look, and its end.
    void go_on(const croft_run& run) {
        for (const auto& line : under_way_[run.id].read(run.log))
            if (json_)
                fmt::print("{}\n", json::object({{"run", run.id}, {"task", run.task}, {"line", line}}).dump());
            else
                fmt::print("    {} run {}: {}\n", run.task, run.id, line);
        if (run.outcome == "running") return;
        under_way_.erase(run.id);
        if (json_)
            fmt::print("{}\n", as_json(run).dump());
        else
            fmt::print("{}  {}{}{}{}, {} s, {} rows, {} requests, {} bytes\n", moment(run.finished_at), title(run),
                       run.outcome, run.error.empty() ? "" : ": ", first_line(run.error), seconds_of(run), run.rows,
                       run.requests, run.bytes);
    }

    static std::string title(const croft_run& run) {
        return fmt::format("{} run {}, attempt {}: ", run.task, run.id, run.attempt);
    }

    std::optional<std::string> task_;
    bool json_ = false;
    std::optional<std::int64_t> last_;  // the newest that was seen
    std::map<std::int64_t, work::run_log_reader> under_way_;
};

}  // namespace

std::unique_ptr<command> tail_tasks_command() { return std::make_unique<tail_tasks>(); }

}  // namespace croft::cli
