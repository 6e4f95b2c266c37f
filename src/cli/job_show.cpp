#include <fmt/format.h>

#include "cli/in_app.hpp"
#include "cli/job_commands.hpp"
#include "cli/listing.hpp"

namespace croft::cli {
namespace {

using work::croft_job;
using work::croft_job_attempt;

struct details {
    std::optional<croft_job> job;
    std::vector<croft_job_attempt> attempts;
};

task<details> read(std::int64_t id) {
    details found;
    found.job = co_await query<croft_job>().where(f<&croft_job::id> == id).first();
    found.attempts = co_await query<croft_job_attempt>()
                         .where(f<&croft_job_attempt::job> == id)
                         .order_by(f<&croft_job_attempt::id>)
                         .list();
    co_return found;
}

/// An attempt may be left as running where the process ended right after the job had completed.
std::string outcome_of(const croft_job_attempt& one, const croft_job& job) {
    return one.outcome == "running" ? job.state : one.outcome;
}

json attempt_as_json(const croft_job_attempt& one, const croft_job& job) {
    return json::object({{"attempt", one.attempt},
                         {"outcome", outcome_of(one, job)},
                         {"startedAt", time_as_json(one.started_at)},
                         {"finishedAt", time_as_json(one.finished_at)},
                         {"error", one.error},
                         {"log", one.log},
                         {"process", one.process}});
}

void print_json(const details& found) {
    auto all = as_json(*found.job);
    all.set("result", found.job->result.empty() ? json() : json::parse(found.job->result, "the result"));
    auto attempts = json::array({});
    for (const auto& one : found.attempts) attempts.push_back(attempt_as_json(one, *found.job));
    all.set("attemptsMade", std::move(attempts));
    fmt::print("{}\n", all.dump(2));
}

void print(const details& found) {
    const auto& job = *found.job;
    fmt::print("job {}: {}, in queue {}, priority {}\n", job.id, job.name, job.queue, -job.rank);
    fmt::print("{} {}\n", job.state, what_about(job));
    fmt::print("attempt {}, enqueued {}, started {}, finished {}\n", attempt_of(job), moment(job.enqueued_at),
               moment(job.started_at), moment(job.finished_at));
    fmt::print("arguments: {}\n", job.arguments);
    if (!job.result.empty()) fmt::print("result: {}\n", job.result);
    for (const auto& one : found.attempts)
        fmt::print("\nattempt {}: {}, {} to {}{}{}\n{}", one.attempt, outcome_of(one, job), moment(one.started_at),
                   moment(one.finished_at), one.error.empty() ? "" : ": ", one.error, one.log);
}

class show_job final : public command {
public:
    std::string_view name() const override { return "show"; }
    std::string_view help() const override { return "show a job with its attempts and their log lines"; }
    void declare(arguments& args) override {
        args.positional("id", id_, "the job's number");
        args.flag("--json", json_, "print an object");
    }
    int run(const context& now) override {
        const auto id = job_number(id_);
        const auto found = in_app(now, [&] { return read(id); });
        if (!found.job) throw command_error(fmt::format("there is no job {}; `jobs` lists them", id));
        json_ ? print_json(found) : print(found);
        return done;
    }

private:
    std::string id_;
    bool json_ = false;
};

}  // namespace

std::unique_ptr<command> show_job_command() { return std::make_unique<show_job>(); }

}  // namespace croft::cli
