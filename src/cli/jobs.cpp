#include <fmt/format.h>

#include <charconv>

#include "cli/commands.hpp"
#include "cli/in_app.hpp"
#include "cli/job_commands.hpp"
#include "cli/listing.hpp"
#include "work/job_store.hpp"

namespace croft::cli {

using work::croft_job;

std::int64_t job_number(const std::string& text) {
    std::int64_t id = 0;
    const auto end = text.data() + text.size();
    if (std::from_chars(text.data(), end, id).ptr != end || text.empty())
        throw command_error(fmt::format("{} is no number of a job; `jobs` lists them", text), unusable);
    return id;
}

json as_json(const croft_job& job) {
    return json::object({{"id", job.id},
                         {"name", job.name},
                         {"queue", job.queue},
                         {"state", job.state},
                         {"priority", -job.rank},
                         {"attempt", job.attempt},
                         {"attempts", job.attempts},
                         {"enqueuedAt", to_text(job.enqueued_at)},
                         {"runAt", to_text(job.run_at)},
                         {"startedAt", time_as_json(job.started_at)},
                         {"finishedAt", time_as_json(job.finished_at)},
                         {"arguments", json::parse(job.arguments, "the arguments")},
                         {"progress", job.progress},
                         {"progressNote", job.progress_note},
                         {"error", job.error}});
}

std::string attempt_of(const croft_job& job) { return fmt::format("{}/{}", job.attempt, job.attempts); }

std::string what_about(const croft_job& job) {
    if (job.state == "scheduled")
        return "at " + moment(job.run_at) + (job.error.empty() ? "" : ": ") + first_line(job.error);
    if (job.state == "running" && job.progress > 0)
        return fmt::format("{:.0f} % {}", job.progress * 100, job.progress_note);
    if (!job.error.empty()) return first_line(job.error);
    return job.state == "done" ? moment(job.finished_at) : "";
}

query_of<croft_job> job_filter::query() const {
    auto found = croft::query<croft_job>();
    if (state) found = found.where(f<&croft_job::state> == *state);
    if (queue) found = found.where(f<&croft_job::queue> == *queue);
    if (name) found = found.where(f<&croft_job::name> == *name);
    return found;
}

namespace {

class list_jobs_base : public command {
public:
    void declare(arguments& args) override {
        args.option("--queue", by_.queue, "NAME", "only those of this queue");
        args.option("--name", by_.name, "NAME", "only those of this name");
        args.option("--limit", limit_, "N", "how many, the newest first (50)");
        args.flag("--json", json_, "print JSON, a line each");
    }
    int run(const context& now) override {
        const auto wanted =
            by_.query().order_by(f<&croft_job::id>.descending()).limit(limit_ ? job_number(*limit_) : 50);
        const auto rows = in_app(now, [&] { return wanted.list(); });
        if (json_) {
            for (const auto& job : rows) fmt::print("{}\n", as_json(job).dump());
            return done;
        }
        listing list({"ID", "NAME", "QUEUE", "STATE", "ATTEMPT", "ENQUEUED (UTC)", ""});
        for (const auto& job : rows)
            list.add({std::to_string(job.id), job.name, job.queue, job.state, attempt_of(job), moment(job.enqueued_at),
                      what_about(job)});
        list.print();
        return done;
    }

protected:
    job_filter by_;

private:
    std::optional<std::string> limit_;
    bool json_ = false;
};

class dead_jobs final : public list_jobs_base {
public:
    std::string_view name() const override { return "dead"; }
    std::string_view help() const override { return "list the jobs that are out of attempts"; }
    int run(const context& now) override {
        by_.state = "dead";
        return list_jobs_base::run(now);
    }
};

/// A command that does one thing to one job.
class change_job final : public command {
public:
    using change = task<bool> (*)(std::int64_t);
    struct words {
        std::string_view name, help, done, refusal;
    };
    change_job(words say, change how) : say_(say), how_(how) {}
    std::string_view name() const override { return say_.name; }
    std::string_view help() const override { return say_.help; }
    void declare(arguments& args) override { args.positional("id", id_, "the job's number"); }
    int run(const context& now) override {
        const auto id = job_number(id_);
        if (!in_app(now, [&] { return how_(id); })) throw command_error(fmt::format("job {}: {}", id, say_.refusal));
        fmt::print("job {}: {}\n", id, say_.done);
        return done;
    }

private:
    words say_;
    change how_;
    std::string id_;
};

class pause_queue final : public command {
public:
    explicit pause_queue(bool paused) : paused_(paused) {}
    std::string_view name() const override { return paused_ ? "pause" : "resume"; }
    std::string_view help() const override {
        return paused_ ? "begin no more jobs of a queue, also after a restart" : "begin jobs of a queue again";
    }
    void declare(arguments& args) override { args.positional("queue", queue_, "the queue's name"); }
    int run(const context& now) override {
        work::require_queue(queue_);
        in_app(now, [&] { return work::job_store::set_queue_paused(queue_, paused_); });
        fmt::print("queue {}: {}\n", queue_, paused_ ? "paused" : "resumed");
        return done;
    }

private:
    bool paused_;
    std::string queue_;
};

class list_jobs final : public list_jobs_base {
public:
    std::string_view name() const override { return "jobs"; }
    std::string_view help() const override { return "list the durable jobs; show, retry, cancel, drop, tail, pause …"; }
    void declare(arguments& args) override {
        args.option("--state", by_.state, "STATE", "waiting, scheduled, held, running, lost, done, cancelled or dead");
        list_jobs_base::declare(args);
    }
    std::vector<std::unique_ptr<command>> children() override {
        std::vector<std::unique_ptr<command>> below;
        const auto change = [&](change_job::words say, change_job::change how) {
            below.push_back(std::make_unique<change_job>(say, how));
        };
        below.push_back(show_job_command());
        below.push_back(tail_jobs_command());
        below.push_back(std::make_unique<dead_jobs>());
        change({"retry", "begin a job anew, or at once", "requeued", "it isn't there, or waits or runs already"},
               &work::job_store::retry);
        change(
            {"cancel", "cancel a job that isn't finished", "cancelled", "it isn't there, or is finished"},
            +[](std::int64_t id) { return work::job_store::cancel(id, "cancelled by the operator"); });
        change({"drop", "delete a job that isn't running", "dropped", "it isn't there, or runs"},
               &work::job_store::drop);
        below.push_back(std::make_unique<pause_queue>(true));
        below.push_back(std::make_unique<pause_queue>(false));
        return below;
    }
};

}  // namespace

std::unique_ptr<command> jobs_command() { return std::make_unique<list_jobs>(); }

}  // namespace croft::cli
