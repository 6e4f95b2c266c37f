#include "croft/json.hpp"
#include "croft/query.hpp"
#include "work/job_registry.hpp"
#include "work/job_store.hpp"
#include "work/worker.hpp"

namespace croft::work {
namespace {

job_sql::new_jobs rows_of(const job_info& job, std::vector<std::string> arguments, const enqueue_options& options) {
    const auto at = now();
    job_sql::new_jobs made;
    made.name = job.name;
    made.queue = options.queue.empty() ? job.options.queue : options.queue;
    made.rank = -options.priority.value_or(job.options.priority);
    made.run_at = options.at.value_or(at) + options.delay;
    made.state = !options.after.empty() ? "held" : made.run_at > at ? "scheduled" : "waiting";
    made.arguments = json(std::move(arguments)).dump();
    made.version = job.options.version;
    made.attempts = job.options.attempts;
    made.enqueued_at = at;
    if (const auto& key = options.unique_by.text()) {
        made.unique_key = job.name + ":" + *key;
        if (options.unique_for > 0s) made.unique_until = at + options.unique_for;
        made.unique_waiting = options.unique_while == unique_while::waiting;
    }
    return made;
}

/// Those that aren't done yet, or cancelled, are waited for.
task<> hold(std::vector<std::int64_t> ids, std::vector<std::int64_t> after) {
    auto& base = db::current();
    const auto open =
        co_await query<croft_job>().where(f<&croft_job::id>.in(after) && f<&croft_job::state> != "done").list();
    for (const auto& one : open)
        if (one.state == "cancelled")
            throw error("job " + one.name + " " + std::to_string(one.id) +
                        " is cancelled, so nothing can be enqueued after it");
    for (const auto id : ids)
        for (const auto& one : open) {
            croft_job_wait wait;
            wait.job = id;
            wait.awaits = one.id;
            co_await save(wait);
        }
    if (open.empty()) co_await base.write(job_sql::release(ids, base.kind()));
}

task<std::vector<job_id>> write_down(job_sql::new_jobs what, std::vector<std::int64_t> after) {
    auto& base = db::current();
    if (!is_null(what.unique_until))
        co_await base.write(job_sql::free_key(std::get<std::string>(what.unique_key), what.enqueued_at, base.kind()));
    const auto rows = co_await base.write(job_sql::insert(what, base.kind()));
    std::vector<job_id> made;
    std::vector<std::int64_t> ids;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        ids.push_back(rows.at(i, 0).integer());
        made.push_back({ids.back(), true});
    }
    if (made.empty() && !is_null(what.unique_key)) {
        const auto known = co_await query<croft_job>()
                               .where(f<&croft_job::unique_key> == std::get<std::string>(what.unique_key))
                               .one();
        made.push_back({known.id, false});
    } else if (!after.empty()) {
        co_await hold(ids, after);
    }
    co_return made;
}

}  // namespace

task<std::vector<job_id>> enqueue(const job_info* job, std::vector<std::string> arguments, enqueue_options options) {
    if (arguments.empty()) co_return {};
    if (options.unique_by.text() && arguments.size() > 1)
        throw error("enqueue_all of " + job->name + ": several jobs can't have one unique_by");
    if (!options.queue.empty()) require_queue(options.queue);
    const auto what = rows_of(*job, std::move(arguments), options);
    std::vector<job_id> made;
    if (is_null(what.unique_key) && options.after.empty())  // one statement, which needs no transaction of its own
        made = co_await write_down(what, {});
    else
        made = co_await transaction([&] { return write_down(what, options.after); });
    // A worker that takes jobs before the transaction around this one is over waits for its turn to write, so it sees
    // them. On other engines, see worker::watch().
    worker::notice(db::current(), what.state != "waiting");
    co_return made;
}

}  // namespace croft::work

namespace croft {

task<bool> cancel(job_id which, std::string why) {
    const bool changed = co_await work::job_store::cancel(which.id, std::move(why));
    if (changed) work::worker::notice_cancelled(db::current(), which.id);
    co_return changed;
}

}  // namespace croft
