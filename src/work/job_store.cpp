#include "work/job_store.hpp"

#include <algorithm>
#include <map>

#include "croft/job.hpp"
#include "croft/query.hpp"
#include "work/news.hpp"

namespace croft::work::job_store {
namespace {

std::vector<std::int64_t> ids_of(const db::row_set& rows) {
    std::vector<std::int64_t> ids;
    for (std::size_t i = 0; i < rows.size(); ++i) ids.push_back(rows.at(i, 0).integer());
    return ids;
}

query_of<croft_job> job_row(std::int64_t id) { return query<croft_job>().where(f<&croft_job::id> == id); }

query_of<croft_job_attempt> attempts_under_way(std::int64_t job) {
    return query<croft_job_attempt>().where(f<&croft_job_attempt::job> == job &&
                                            f<&croft_job_attempt::outcome> == "running");
}

/// The row that keep_log() may have made becomes what the attempt came to; else it gets one.
task<> note(croft_job_attempt record, bool begun) {
    const auto known = query<croft_job_attempt>().where(f<&croft_job_attempt::job> == record.job.id &&
                                                        f<&croft_job_attempt::process> == record.process &&
                                                        f<&croft_job_attempt::started_at> == record.started_at);
    if (begun && co_await known.update(set<&croft_job_attempt::outcome>(record.outcome),
                                       set<&croft_job_attempt::finished_at>(record.finished_at),
                                       set<&croft_job_attempt::error>(record.error),
                                       set<&croft_job_attempt::log>(record.log)) > 0)
        co_return;
    co_await save(record);
}

/// These are done: whoever waited for nothing else may go on.
task<bool> follow_done(std::vector<std::int64_t> done) {
    auto& base = db::current();
    const auto waiting = ids_of(co_await base.read(job_sql::waiting_for(done, base.kind())));
    if (waiting.empty()) co_return false;
    // Locked: of two workers that end the last two jobs that one waits for, the second sees what the first did.
    co_await query<croft_job>().where(f<&croft_job::id>.in(waiting)).order_by(f<&croft_job::id>).for_update().list();
    co_await base.write(job_sql::forget_waits(done, base.kind()));
    co_return (co_await base.write(job_sql::release(waiting, base.kind()))).changes > 0;
}

/// These are cancelled, and so is what waited for them, and what waited for that …
task<> follow_cancelled(std::vector<std::int64_t> gone, time_point now) {
    auto& base = db::current();
    while (!gone.empty()) {
        const auto waiting = ids_of(co_await base.read(job_sql::waiting_for(gone, base.kind())));
        co_await base.write(job_sql::forget_waits(gone, base.kind()));
        gone.clear();
        for (const auto id : waiting) {
            const auto changed =
                co_await job_row(id)
                    .where(f<&croft_job::state> == "held")
                    .update(set<&croft_job::state>("cancelled"), set<&croft_job::finished_at>(now),
                            set<&croft_job::keep_until>(now + job_options{}.keep), set<&croft_job::unique_key>(nullptr),
                            set<&croft_job::error>("a job that it waited for was cancelled"));
            if (changed > 0) gone.push_back(id);
        }
    }
}

task<std::vector<std::int64_t>> end_alike(job_sql::ending what) {
    auto& base = db::current();
    co_return ids_of(co_await base.write(job_sql::end(what, base.kind())));
}

}  // namespace

task<std::vector<claimed>> claim(job_sql::claim_of what) {
    auto& base = db::current();
    const auto rows = co_await base.write(job_sql::claim(what, base.kind()));
    std::vector<claimed> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto number = [&](std::size_t column) { return static_cast<int>(rows.at(i, column).integer()); };
        all.push_back({rows.at(i, 0).integer(), std::string(rows.at(i, 1).text()), std::string(rows.at(i, 2).text()),
                       number(3), number(4), number(5), number(7), parse_time(rows.at(i, 6).text()).value()});
    }
    std::ranges::sort(
        all, [](const claimed& a, const claimed& b) { return a.rank != b.rank ? a.rank < b.rank : a.id < b.id; });
    co_return all;
}

task<end_report> end(std::vector<ended> all, std::string worker, time_point now) {
    std::map<duration, std::vector<std::int64_t>> plain;  // done, and nothing to be said about it
    std::vector<std::int64_t> done, cancelled;
    end_report report;
    std::ranges::sort(all, {}, &ended::id);  // others lock them in this order, too
    for (const auto& one : all)
        if (one.state == "done") plain[one.keep].push_back(one.id);
    for (auto& [keep, ids] : plain) {
        auto ended = co_await end_alike(
            {.ids = ids, .worker = worker, .state = "done", .now = now, .keep = keep, .run_at = {}, .error = {}});
        done.insert(done.end(), ended.begin(), ended.end());
    }
    report.ids = done;
    for (auto& one : all) {
        if (one.state != "done") {
            const auto ended =
                co_await end_alike({{one.id}, worker, one.state, now, one.keep, one.run_at, one.error, one.counts});
            if (ended.empty()) continue;
            report.ids.push_back(one.id);
            if (one.state == "scheduled") report.scheduled = true;
            if (one.state == "cancelled") cancelled.push_back(one.id);
        }
        if (one.noted && (one.state != "done" || co_await job_row(one.id).exists()))
            co_await note(one.record, one.begun);
    }
    if (!done.empty() && co_await follow_done(done)) report.scheduled = true;
    if (!cancelled.empty()) co_await follow_cancelled(cancelled, now);
    co_return report;
}

task<> keep_log(croft_job_attempt record) {
    const auto known = attempts_under_way(record.job.id)
                           .where(f<&croft_job_attempt::process> == record.process &&
                                  f<&croft_job_attempt::started_at> == record.started_at);
    if (co_await known.update(set<&croft_job_attempt::log>(record.log)) > 0) co_return;
    auto& base = db::current();
    co_await base.write(job_sql::begin_log(
        {record.job.id, record.attempt, *record.started_at, record.log, record.process}, base.kind()));
}

task<std::vector<loss>> lose(int most, time_point now) {
    std::vector<loss> all;
    const auto mark = [&]() -> task<> {
        all.clear();
        auto& base = db::current();
        const auto rows = co_await base.write(job_sql::lose(most, now, base.kind()));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            all.push_back({rows.at(i, 0).integer(), std::string(rows.at(i, 1).text()), rows.at(i, 3).text() == "dead"});
            croft_job_attempt record;
            record.job = all.back().id;
            record.attempt = static_cast<std::int32_t>(rows.at(i, 2).integer());
            record.outcome = "lost";
            if (!rows.at(i, 4).is_null()) record.started_at = parse_time(rows.at(i, 4).text()).value();
            record.finished_at = now;
            record.error = "its process ended while it ran";
            const auto logged =
                co_await attempts_under_way(all.back().id)
                    .update(set<&croft_job_attempt::outcome>(record.outcome), set<&croft_job_attempt::finished_at>(now),
                            set<&croft_job_attempt::error>(record.error));
            if (logged == 0) co_await save(record);
        }
    };
    // What others have taken up since, in a name that isn't known in this state of the database, is a conflict.
    co_await transaction(mark, {.isolation = isolation::repeatable_read, .retries = 5});
    co_return all;
}

task<bool> cancel(std::int64_t id, std::string why) {
    bool changed = false;
    co_await transaction(
        [&]() -> task<> {
            const auto at = now();
            changed = co_await job_row(id)
                          .where(f<&croft_job::state>.in({"waiting", "scheduled", "held", "lost", "running"}))
                          .update(set<&croft_job::state>("cancelled"), set<&croft_job::finished_at>(at),
                                  set<&croft_job::keep_until>(at + job_options{}.keep),
                                  set<&croft_job::unique_key>(nullptr), set<&croft_job::error>(why)) > 0;
            if (!changed) co_return;
            co_await attempts_under_way(id).update(set<&croft_job_attempt::outcome>("cancelled"),
                                                   set<&croft_job_attempt::finished_at>(at),
                                                   set<&croft_job_attempt::error>(why));
            co_await follow_cancelled({id}, at);
            co_await tell(&db::current(), news::cancelled);
        },
        retried);
    co_return changed;
}

task<bool> retry(std::int64_t id) {
    const auto at = now();
    auto& base = db::current();
    const auto anew = co_await job_row(id)
                          .where(f<&croft_job::state>.in({"dead", "cancelled", "done"}))
                          .update(set<&croft_job::state>("scheduled"), set<&croft_job::run_at>(at),
                                  set<&croft_job::attempt>(0), set<&croft_job::lost>(0),
                                  set<&croft_job::finished_at>(nullptr), set<&croft_job::keep_until>(nullptr));
    const auto sooner = anew > 0 ? 0
                                 : co_await job_row(id)
                                       .where(f<&croft_job::state>.in({"scheduled", "lost"}))
                                       .update(set<&croft_job::state>("scheduled"), set<&croft_job::run_at>(at));
    if (anew + sooner == 0) co_return false;
    co_await tell(&base, news::scheduled);
    co_return true;
}

task<bool> drop(std::int64_t id) {
    bool dropped = false;
    co_await transaction(
        [&]() -> task<> {
            const auto idle = job_row(id).where(f<&croft_job::state> != "running");
            if (!co_await idle.exists()) co_return;
            co_await follow_cancelled({id}, now());
            dropped = co_await idle.remove() > 0;
        },
        retried);
    co_return dropped;
}

task<> set_queue_paused(std::string queue, bool paused) {
    return update_or_create<croft_queue>(key<&croft_queue::name>(queue), set<&croft_queue::paused>(paused));
}

}  // namespace croft::work::job_store
