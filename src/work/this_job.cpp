// What a job asks of its own row: this_job(), step(), complete(), progress().
#include <fmt/format.h>

#include "croft/query.hpp"
#include "runtime/loop.hpp"
#include "runtime/run_info.hpp"
#include "work/job_run.hpp"
#include "work/job_store.hpp"
#include "work/news.hpp"

namespace croft {
namespace work {
namespace {

std::shared_ptr<job_run> current_job() {
    if (runtime::here.current)
        if (const auto& run = runtime::locals().run; run && run->job) return run->job;
    throw error("this must be called from a job (CROFT_JOB)");
}

error not_ours(const job_run& job) {
    return error(fmt::format("job {} {} was cancelled, or taken up by another process", job.what.name, job.what.id));
}

query_of<croft_job> own_row(const job_run& job) {
    return query<croft_job>().where(f<&croft_job::id> == job.what.id && f<&croft_job::worker> == job.worker &&
                                    f<&croft_job::state> == "running");
}

}  // namespace

task<std::optional<json>> step_result(std::string name) {
    const auto job = current_job();
    const auto known = co_await query<croft_job_step>()
                           .where(f<&croft_job_step::job> == job->what.id && f<&croft_job_step::name> == name)
                           .first();
    if (!known) co_return std::nullopt;
    co_return json::parse(known->result, "the result of step " + name);
}

task<> keep_step(std::string name, json result) {
    const auto job = current_job();
    co_await transaction([&]() -> task<> {
        if (!co_await own_row(*job).exists()) throw not_ours(*job);
        croft_job_step made;
        made.job = job->what.id;
        made.name = name;
        made.result = result.dump();
        co_await save(made);
    });
}

task<> complete(json result) {
    const auto job = current_job();
    co_await transaction([&]() -> task<> {
        if (!result.is_null()) co_await own_row(*job).update(set<&croft_job::result>(result.dump()));
        job_store::ended done;
        done.id = job->what.id;
        done.state = "done";
        done.keep = job->keep;
        const auto report = co_await job_store::end({done}, job->worker, now());
        if (report.ids.empty()) throw not_ours(*job);
        if (report.scheduled) co_await tell(&db::current(), news::scheduled);
    });
    job->completed = true;
}

task<std::optional<json>> result_of(std::int64_t id) {
    const auto known = co_await query<croft_job>().where(f<&croft_job::id> == id).first();
    if (!known || known->state != "done" || known->result.empty()) co_return std::nullopt;
    co_return json::parse(known->result, "the job's result");
}

}  // namespace work

const running_job& this_job() { return work::current_job()->what; }

std::string running_job::idempotency_key() const {
    return fmt::format("{}-{}-{:x}", name, id, enqueued_at.time_since_epoch().count());
}

task<> progress(double share, std::string note) {
    const auto job = work::current_job();
    co_await work::own_row(*job).update(set<&work::croft_job::progress>(share),
                                        set<&work::croft_job::progress_note>(note));
}

namespace detail {

json time_to_json(time_point t) { return to_text(t); }

time_point time_from_json(const json& from) {
    const auto read = parse_time(from.text());
    if (!read) throw json_error("expected a time, found " + from.dump() + ": " + read.error().message);
    return *read;
}

void failed_within(const std::string& member) {
    try {
        throw;
    } catch (const json_error& failure) {
        throw json_error(member + ": " + failure.what());
    }
}

}  // namespace detail
}  // namespace croft
