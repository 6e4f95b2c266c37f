#include <fmt/format.h>

#include <charconv>

#include "app/application.hpp"
#include "cli/commands.hpp"
#include "cli/listing.hpp"
#include "croft/json.hpp"
#include "croft/query.hpp"
#include "work/job_store.hpp"

namespace croft::cli {
namespace {

using work::croft_job;
using work::croft_job_attempt;

/// Runs `body` with the app's database, which must be there.
template <class Body>
auto with_database(const context& now, Body body) {
    auto inside = [](const app::config* settings, Body work) -> std::invoke_result_t<Body&> {
        app::application app(*settings);
        co_await app.open_existing();
        auto result = co_await work();
        co_await app.stop();
        co_return result;
    };
    return croft::run(inside(&now.settings, std::move(body)));
}

std::int64_t number_of(const std::string& text) {
    std::int64_t id = 0;
    const auto end = text.data() + text.size();
    if (std::from_chars(text.data(), end, id).ptr != end || text.empty())
        throw command_error(fmt::format("{} is no number of a job; `jobs` lists them", text), unusable);
    return id;
}

json as_json(const croft_job& job) {
    const auto time = [](const std::optional<time_point>& at) { return at ? json(to_text(*at)) : json(); };
    return json::object({{"id", job.id},
                         {"name", job.name},
                         {"queue", job.queue},
                         {"state", job.state},
                         {"priority", -job.rank},
                         {"attempt", job.attempt},
                         {"attempts", job.attempts},
                         {"enqueuedAt", to_text(job.enqueued_at)},
                         {"runAt", to_text(job.run_at)},
                         {"startedAt", time(job.started_at)},
                         {"finishedAt", time(job.finished_at)},
                         {"arguments", json::parse(job.arguments, "the arguments")},
                         {"progress", job.progress},
                         {"error", job.error}});
}

std::string what_about(const croft_job& job) {
    if (job.state == "scheduled")
        return "at " + moment(job.run_at) + (job.error.empty() ? "" : ": ") + first_line(job.error);
    if (job.state == "running" && job.progress > 0)
        return fmt::format("{:.0f} % {}", job.progress * 100, job.progress_note);
    if (!job.error.empty()) return first_line(job.error);
    return job.state == "done" ? moment(job.finished_at) : "";
}

struct filter {
    std::optional<std::string> state, queue, name, limit;
};

task<std::vector<croft_job>> find(filter by) {
    auto found = query<croft_job>().order_by(f<&croft_job::id>.descending());
    if (by.state) found = found.where(f<&croft_job::state> == *by.state);
    if (by.queue) found = found.where(f<&croft_job::queue> == *by.queue);
    if (by.name) found = found.where(f<&croft_job::name> == *by.name);
    return found.limit(by.limit ? number_of(*by.limit) : 50).list();
}

class list_jobs_base : public command {
public:
    void declare(arguments& args) override {
        args.option("--queue", by_.queue, "NAME", "only those of this queue");
        args.option("--name", by_.name, "NAME", "only those of this name");
        args.option("--limit", by_.limit, "N", "how many, the newest first (50)");
        args.flag("--json", json_, "print JSON, a line each");
    }
    int run(const context& now) override {
        const auto rows = with_database(now, [this] { return find(by_); });
        if (json_) {
            for (const auto& job : rows) fmt::print("{}\n", as_json(job).dump());
            return done;
        }
        listing list({"ID", "NAME", "QUEUE", "STATE", "ATTEMPT", "ENQUEUED (UTC)", ""});
        for (const auto& job : rows)
            list.add({std::to_string(job.id), job.name, job.queue, job.state,
                      fmt::format("{}/{}", job.attempt, job.attempts), moment(job.enqueued_at), what_about(job)});
        list.print();
        return done;
    }

protected:
    filter by_;
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

class show_job final : public command {
public:
    std::string_view name() const override { return "show"; }
    std::string_view help() const override { return "show a job with its attempts and their log lines"; }
    void declare(arguments& args) override { args.positional("id", id_, "the job's number"); }
    int run(const context& now) override {
        const auto id = number_of(id_);
        const auto found =
            with_database(now, [id]() -> task<std::pair<std::optional<croft_job>, std::vector<croft_job_attempt>>> {
                auto job = co_await query<croft_job>().where(f<&croft_job::id> == id).first();
                auto attempts = co_await query<croft_job_attempt>()
                                    .where(f<&croft_job_attempt::job> == id)
                                    .order_by(f<&croft_job_attempt::id>)
                                    .list();
                co_return std::pair(std::move(job), std::move(attempts));
            });
        if (!found.first) throw command_error(fmt::format("there is no job {}", id));
        fmt::print("{}\n", as_json(*found.first).dump(2));
        if (!found.first->result.empty()) fmt::print("result: {}\n", found.first->result);
        for (const auto& one : found.second) {
            fmt::print("\nattempt {}: {}, {} to {}{}{}\n{}", one.attempt, one.outcome, moment(one.started_at),
                       moment(one.finished_at), one.error.empty() ? "" : ": ", one.error, one.log);
        }
        return done;
    }

private:
    std::string id_;
};

/// A command that does one thing to one job.
class change_job final : public command {
public:
    using change = task<bool> (*)(std::int64_t);
    change_job(std::string_view name, std::string_view help, std::string_view refusal, change how)
        : name_(name), help_(help), refusal_(refusal), how_(how) {}
    std::string_view name() const override { return name_; }
    std::string_view help() const override { return help_; }
    void declare(arguments& args) override { args.positional("id", id_, "the job's number"); }
    int run(const context& now) override {
        const auto id = number_of(id_);
        if (!with_database(now, [this, id] { return how_(id); }))
            throw command_error(fmt::format("job {}: {}", id, refusal_));
        fmt::print("job {}: {}\n", id, name_ == "cancel" ? "cancelled" : name_ == "drop" ? "dropped" : "requeued");
        return done;
    }

private:
    std::string_view name_, help_, refusal_;
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
        with_database(now, [this]() -> task<bool> {
            co_await work::job_store::set_queue_paused(queue_, paused_);
            co_return true;
        });
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
    std::string_view help() const override { return "list the durable jobs; show, retry, cancel, drop, pause …"; }
    void declare(arguments& args) override {
        args.option("--state", by_.state, "STATE", "waiting, scheduled, held, running, lost, done, cancelled or dead");
        list_jobs_base::declare(args);
    }
    std::vector<std::unique_ptr<command>> children() override {
        std::vector<std::unique_ptr<command>> below;
        below.push_back(std::make_unique<show_job>());
        below.push_back(std::make_unique<dead_jobs>());
        below.push_back(std::make_unique<change_job>("retry", "begin a job anew, or at once",
                                                     "it isn't there, or waits or runs already",
                                                     &work::job_store::retry));
        below.push_back(std::make_unique<change_job>(
            "cancel", "cancel a job that isn't finished", "it isn't there, or is finished",
            +[](std::int64_t id) { return work::job_store::cancel(id, "cancelled by the operator"); }));
        below.push_back(std::make_unique<change_job>("drop", "delete a job that isn't running",
                                                     "it isn't there, or runs", &work::job_store::drop));
        below.push_back(std::make_unique<pause_queue>(true));
        below.push_back(std::make_unique<pause_queue>(false));
        return below;
    }
};

}  // namespace

std::unique_ptr<command> jobs_command() { return std::make_unique<list_jobs>(); }

}  // namespace croft::cli
