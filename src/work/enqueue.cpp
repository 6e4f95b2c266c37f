#include "croft/json.hpp"
#include "croft/query.hpp"
#include "work/job_registry.hpp"
#include "work/job_store.hpp"
#include "work/news.hpp"

namespace croft::work {
namespace {

news news_of(std::string_view state) { return state == "waiting" ? news::waiting : news::scheduled; }

job_sql::new_jobs rows_of(const job_info& job, std::vector<std::string> arguments, const enqueue_options& options) {
    const auto at = now();
    job_sql::new_jobs made;
    made.name = job.name;
    made.queue = options.queue.empty() ? job.options.queue : options.queue;
    made.rank = -options.priority.value_or(job.options.priority);
    made.run_at = options.at.value_or(at) + options.delay;
    made.state = !options.after.empty() ? "held" : made.run_at > at ? "scheduled" : "waiting";
    made.arguments = json(arguments).dump();
    made.version = job.options.version;
    made.attempts = job.options.attempts;
    made.enqueued_at = at;
    made.news = notification(news_of(made.state));
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
    // Locked: what ends after this knows that somebody waits for it.
    const auto open = co_await query<croft_job>()
                          .where(f<&croft_job::id>.in(after) && f<&croft_job::state> != "done")
                          .order_by(f<&croft_job::id>)
                          .for_update()
                          .list();
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
    std::vector<job_id> made;
    while (made.empty()) {
        const auto rows = co_await base.write(job_sql::insert(what, base.kind()));
        for (std::size_t i = 0; i < rows.size(); ++i) made.push_back({rows.at(i, 0).integer(), true});
        if (!made.empty()) break;
        const auto known = co_await query<croft_job>()
                               .where(f<&croft_job::unique_key> == std::get<std::string>(what.unique_key))
                               .first();
        if (known) made.push_back({known->id, false});  // else it was finished in between: its key is free now
    }
    if (!after.empty() && made.front().fresh) {
        std::vector<std::int64_t> ids(made.begin(), made.end());
        co_await hold(std::move(ids), std::move(after));
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
        made = co_await transaction([&] { return write_down(what, options.after); }, job_store::retried);
    tell_here(db::current(), news_of(what.state));  // others by the statement itself
    co_return made;
}

task<job_id> enqueue_one(const job_info* job, std::string arguments, enqueue_options options) {
    co_return (co_await enqueue(job, {std::move(arguments)}, std::move(options))).front();
}

}  // namespace croft::work

namespace croft {

task<bool> cancel(job_id which, std::string why) { return work::job_store::cancel(which.id, std::move(why)); }

}  // namespace croft
