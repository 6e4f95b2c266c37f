#include <fmt/format.h>

#include <set>

#include "cli/follow.hpp"
#include "cli/listing.hpp"
#include "cli/task_commands.hpp"
#include "croft/query.hpp"

namespace croft::cli {
namespace {

using work::croft_run;

class tail_tasks final : public command {
public:
    std::string_view name() const override { return "tail"; }
    std::string_view help() const override {
        return "print when runs begin and how they end, with their log, until it is stopped";
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
        const std::vector<std::int64_t> known(under_way_.begin(), under_way_.end());
        for (const auto& run :
             co_await runs().where(f<&croft_run::id>.in(known) && f<&croft_run::outcome> != "running").list())
            print(run);
        for (const auto& run : co_await runs().where(f<&croft_run::id> > *last_).list()) {
            last_ = run.id;
            print(run);
        }
    }

    void print(const croft_run& run) {
        const bool runs = run.outcome == "running";
        if (runs)
            under_way_.insert(run.id);
        else
            under_way_.erase(run.id);
        if (json_) {
            fmt::print("{}\n", as_json(run).dump());
            return;
        }
        fmt::print("{}  {} run {}, attempt {}: ", moment(runs ? run.started_at : run.finished_at), run.task, run.id,
                   run.attempt);
        if (runs)
            fmt::print("begins\n");
        else
            fmt::print("{}{}{}, {} s, {} rows, {} requests, {} bytes\n{}", run.outcome, run.error.empty() ? "" : ": ",
                       first_line(run.error), seconds_of(run), run.rows, run.requests, run.bytes, run.log);
    }

    std::optional<std::string> task_;
    bool json_ = false;
    std::optional<std::int64_t> last_;  // the newest that was seen
    std::set<std::int64_t> under_way_;
};

}  // namespace

std::unique_ptr<command> tail_tasks_command() { return std::make_unique<tail_tasks>(); }

}  // namespace croft::cli
