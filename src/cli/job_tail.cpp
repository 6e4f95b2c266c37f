#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "cli/follow.hpp"
#include "cli/job_commands.hpp"
#include "cli/listing.hpp"
#include "croft/transaction.hpp"
#include "work/run_log.hpp"

namespace croft::cli {
namespace {

using work::croft_job;
using work::croft_job_attempt;

/// What a line is printed for when it changes.
struct stage {
    std::string state;
    std::int32_t attempt = 0;
    double progress = 0;
    bool operator==(const stage&) const = default;
};

bool finished(const croft_job& job) { return job.state == "done" || job.state == "cancelled" || job.state == "dead"; }

/// Of more jobs than that at a time the oldest are watched.
constexpr std::int64_t most_watched = 10'000;

class tail_jobs final : public command {
public:
    std::string_view name() const override { return "tail"; }
    std::string_view help() const override {
        return "print what becomes of jobs and what they log, until it is stopped";
    }
    void declare(arguments& args) override {
        args.option("--queue", by_.queue, "NAME", "only those of this queue");
        args.option("--name", by_.name, "NAME", "only those of this name");
        args.flag("--json", json_, "print JSON, a line each");
    }
    int run(const context& now) override {
        follow(now, [this]() -> task<> {
            if (!last_)
                co_await begin();
            else  // a job's end and what it logged before that are seen together
                co_await transaction([this] { return look(); }, {.read_only = true});
        });
        return done;
    }

private:
    task<> begin() {
        const auto newest = co_await query<croft_job>().order_by(f<&croft_job::id>.descending()).first();
        last_ = newest ? newest->id : 0;
        const auto attempt =
            co_await query<croft_job_attempt>().order_by(f<&croft_job_attempt::id>.descending()).first();
        last_attempt_ = attempt ? attempt->id : 0;
        for (const auto& one :
             co_await query<croft_job_attempt>().where(f<&croft_job_attempt::outcome> == "running").list())
            logs_[one.id];
        const auto open = by_.query().where(!f<&croft_job::state>.in({"done", "cancelled", "dead"}));
        for (const auto& job : co_await open.order_by(f<&croft_job::id>).limit(most_watched).list()) note(job);
    }

    task<> look() {
        auto lines = co_await read_logs();
        std::vector<std::int64_t> known;
        for (const auto& [id, was] : watched_) known.push_back(id);
        for (const auto& job : co_await query<croft_job>().where(f<&croft_job::id>.in(known)).list())
            tell(job, lines[job.id]);
        const auto room = most_watched - static_cast<std::int64_t>(watched_.size());
        if (room <= 0) co_return;
        const auto fresh = by_.query().where(f<&croft_job::id> > *last_).order_by(f<&croft_job::id>).limit(room);
        for (const auto& job : co_await fresh.list()) {
            last_ = job.id;
            tell(job, lines[job.id]);
        }
    }

    /// What was logged since the last look, by the job's id.
    task<std::map<std::int64_t, std::vector<std::string>>> read_logs() {
        std::vector<std::int64_t> open;
        for (const auto& [id, log] : logs_) open.push_back(id);
        std::map<std::int64_t, std::vector<std::string>> lines;
        const auto wanted = f<&croft_job_attempt::id>.in(open) || f<&croft_job_attempt::id> > last_attempt_;
        for (const auto& one :
             co_await query<croft_job_attempt>().where(wanted).order_by(f<&croft_job_attempt::id>).list()) {
            last_attempt_ = std::max(last_attempt_, one.id);
            std::ranges::move(logs_[one.id].read(one.log), std::back_inserter(lines[one.job.id]));
            if (one.outcome != "running") logs_.erase(one.id);
        }
        co_return lines;
    }

    void tell(const croft_job& job, const std::vector<std::string>& lines) {
        const bool changed = note(job),
                   first = job.state == "running";  // what it logs before its end comes before that
        if (changed && first) print(job);
        for (const auto& line : lines)
            if (json_)
                fmt::print("{}\n", json::object({{"id", job.id}, {"name", job.name}, {"line", line}}).dump());
            else
                fmt::print("    {} {}: {}\n", job.id, job.name, line);
        if (changed && !first) print(job);
    }

    /// Whether there is something new to be said of it.
    bool note(const croft_job& job) {
        const stage is{job.state, job.attempt, job.progress};
        const auto known = watched_.find(job.id);
        const bool changed = known == watched_.end() || known->second != is;
        if (finished(job))
            watched_.erase(job.id);
        else
            watched_[job.id] = is;
        return changed;
    }

    void print(const croft_job& job) const {
        if (json_)
            fmt::print("{}\n", as_json(job).dump());
        else
            fmt::print("{}  {} {}  {}, attempt {}  {}\n", moment(now()), job.id, job.name, job.state, attempt_of(job),
                       what_about(job));
    }

    job_filter by_;
    bool json_ = false;
    std::optional<std::int64_t> last_;                   // the newest that was seen
    std::int64_t last_attempt_ = 0;                      // as well
    std::map<std::int64_t, stage> watched_;              // those that aren't finished
    std::map<std::int64_t, work::run_log_reader> logs_;  // of attempts under way
};

}  // namespace

std::unique_ptr<command> tail_jobs_command() { return std::make_unique<tail_jobs>(); }

}  // namespace croft::cli
