#include "work/store.hpp"

#include <algorithm>
#include <set>

#include "croft/query.hpp"
#include "db/database.hpp"

namespace croft::work::store {
namespace {

query_of<croft_task> task_row(const std::string& name) {
    return query<croft_task>().where(f<&croft_task::name> == name);
}

/// Other processes wait here until the transaction around this is over, so that what it finds stays true.
task<std::optional<croft_task>> locked(std::string name) { return task_row(name).for_update().first(); }

task<> store_state(croft_task state) {
    return update_or_create<croft_task>(
        key<&croft_task::name>(state.name), set<&croft_task::spec>(state.spec),
        set<&croft_task::next_run_at>(state.next_run_at), set<&croft_task::last_run_at>(state.last_run_at),
        set<&croft_task::last_outcome>(state.last_outcome), set<&croft_task::last_error>(state.last_error),
        set<&croft_task::last_marks>(state.last_marks), set<&croft_task::failures>(state.failures),
        set<&croft_task::retry_at>(state.retry_at), set<&croft_task::retry_of>(state.retry_of),
        set<&croft_task::retry_attempt>(state.retry_attempt), set<&croft_task::not_before>(state.not_before),
        set<&croft_task::usual_seconds>(state.usual_seconds));
}

/// What came of former runs is left as it is: it may be another process that ran them.
task<> store_schedule(croft_task state) {
    co_await task_row(state.name)
        .update(set<&croft_task::spec>(state.spec), set<&croft_task::next_run_at>(state.next_run_at),
                set<&croft_task::retry_at>(state.retry_at), set<&croft_task::retry_of>(state.retry_of),
                set<&croft_task::retry_attempt>(state.retry_attempt), set<&croft_task::not_before>(state.not_before));
}

/// Of these runs, those whose process is no longer known to be alive.
task<std::vector<croft_run>> those_lost(std::vector<croft_run> running) {
    if (running.empty()) co_return running;
    std::set<std::string> alive;
    for (const auto& one : co_await query<croft_process>().list()) alive.insert(one.name);
    std::erase_if(running, [&](const croft_run& run) { return alive.contains(run.process); });
    co_return running;
}

task<bool> mark_lost(std::int64_t id) {
    co_return co_await query<croft_run>()
            .where(f<&croft_run::id> == id && f<&croft_run::outcome> == "running")
            .update(set<&croft_run::outcome>("lost"), set<&croft_run::finished_at>(now()),
                    set<&croft_run::error>("its process ended while it ran")) > 0;
}

/// Whether another process runs the task; or has died in it, and nobody has taken that up yet.
task<bool> runs_somewhere(std::string name) {
    return query<croft_run>().where(f<&croft_run::outcome> == "running" && f<&croft_run::task> == name).exists();
}

query_of<croft_run> attempts_like(const croft_run& run) {
    return query<croft_run>().where(f<&croft_run::task> == run.task &&
                                    f<&croft_run::scheduled_at> == run.scheduled_at &&
                                    f<&croft_run::attempt> == run.attempt);
}

task<claim_answer> try_to_take(claim_request* request) {
    auto& run = request->run;
    const auto known = co_await locked(run.task);
    if (known && known->paused && !request->by_hand) {
        co_await store_schedule(request->state);
        co_return claim_answer{claim::paused, {}};
    }
    if (request->by_hand)  // an occurrence may be due in the same microsecond
        while (co_await attempts_like(run).exists()) run.scheduled_at += 1us;
    if (!request->beside && co_await runs_somewhere(run.task)) co_return claim_answer{claim::busy, {}};
    if (co_await attempts_like(run).exists()) {
        co_await task_row(run.task).update(set<&croft_task::next_run_at>(request->state.next_run_at));
        co_return claim_answer{claim::taken, {}};
    }
    co_await croft::save(run);
    co_await request->who->renew();
    co_await store_schedule(request->state);
    co_return claim_answer{claim::ours, run};
}

}  // namespace

task<claim_answer> take(claim_request request) {
    co_return co_await transaction([&] { return try_to_take(&request); });
}

task<std::vector<croft_task>> tasks() { return query<croft_task>().order_by(f<&croft_task::name>).for_update().list(); }

task<> save(croft_task state) { return store_state(std::move(state)); }

task<bool> set_paused(std::string name, bool paused) {
    const auto known = task_row(name);
    if (!co_await known.exists()) co_return false;
    co_await known.update(set<&croft_task::paused>(paused));
    co_return true;
}

namespace {

/// Gives false when others have ended it.
task<bool> end(croft_run run) {
    co_return co_await query<croft_run>()
            .where(f<&croft_run::id> == run.id && f<&croft_run::outcome> == "running")
            .update(set<&croft_run::outcome>(run.outcome), set<&croft_run::finished_at>(run.finished_at),
                    set<&croft_run::error>(run.error), set<&croft_run::marks>(run.marks), set<&croft_run::log>(run.log),
                    set<&croft_run::rows>(run.rows), set<&croft_run::requests>(run.requests),
                    set<&croft_run::bytes>(run.bytes)) > 0;
}

task<> note_skipped(croft_run run) {
    const auto known =
        query<croft_run>().where(f<&croft_run::task> == run.task && f<&croft_run::scheduled_at> == run.scheduled_at);
    if (!co_await known.exists()) co_await croft::save(run);
}

}  // namespace

task<> settle(std::vector<croft_run> runs, croft_task state) {
    co_await transaction([&]() -> task<> {
        const bool skipped = std::ranges::count(runs, "skipped", &croft_run::outcome) > 0;
        bool ended = false;
        if (skipped) co_await locked(state.name);
        for (const auto& run : runs) {
            if (run.outcome == "skipped")
                co_await note_skipped(run);
            else if (co_await end(run))
                ended = true;
        }
        if (ended)
            co_await store_state(state);
        else if (skipped)
            co_await store_schedule(state);
    });
}

task<std::int64_t> cancel(std::string name, std::string why) {
    std::int64_t cancelled = 0;
    co_await transaction([&]() -> task<> {
        co_await locked(name);
        const auto under_way =
            query<croft_run>().where(f<&croft_run::task> == name && f<&croft_run::outcome> == "running");
        const auto newest = co_await under_way.order_by(f<&croft_run::id>.descending()).first();
        if (!newest) co_return;
        cancelled = co_await under_way.update(set<&croft_run::outcome>("cancelled"),
                                              set<&croft_run::finished_at>(now()), set<&croft_run::error>(why));
        co_await task_row(name).update(set<&croft_task::last_run_at>(newest->started_at),
                                       set<&croft_task::last_outcome>("cancelled"));
    });
    co_return cancelled;
}

task<std::vector<croft_run>> ended(std::vector<std::int64_t> ids) {
    return query<croft_run>().where(f<&croft_run::id>.in(ids) && f<&croft_run::outcome> != "running").list();
}

task<> keep_log(std::int64_t id, std::string text) {
    co_await query<croft_run>()
        .where(f<&croft_run::id> == id && f<&croft_run::outcome> == "running")
        .update(set<&croft_run::log>(text));
}

task<> add_account(croft_run run) {
    co_await query<croft_run>()
        .where(f<&croft_run::id> == run.id)
        .update(set<&croft_run::log>(run.log), set<&croft_run::marks>(run.marks), set<&croft_run::rows>(run.rows),
                set<&croft_run::requests>(run.requests), set<&croft_run::bytes>(run.bytes));
}

task<std::vector<croft_run>> collect_lost() {
    std::vector<croft_run> lost;
    co_await transaction([&]() -> task<> {
        for (auto& run :
             co_await those_lost(co_await query<croft_run>().where(f<&croft_run::outcome> == "running").list()))
            if (co_await mark_lost(run.id)) lost.push_back(std::move(run));
    });
    co_return lost;
}

task<bool> any_lost() {
    const auto rows =
        co_await db::current().read({R"(SELECT 1 FROM "croft_run" WHERE "outcome" = 'running' AND "process" NOT IN)"
                                     R"( (SELECT "name" FROM "croft_process") LIMIT 1)"});
    co_return !rows.empty();
}

task<> purge(std::string name, std::int64_t count, time_point oldest_kept) {
    const auto of_task = query<croft_run>().where(f<&croft_run::task> == name);
    co_await of_task.where(f<&croft_run::scheduled_at> < oldest_kept && f<&croft_run::outcome> != "running").remove();
    const auto oldest = co_await of_task.order_by(f<&croft_run::id>.descending()).offset(count).limit(1).list();
    if (oldest.empty()) co_return;
    co_await of_task.where(f<&croft_run::id> <= oldest.front().id && f<&croft_run::outcome> != "running").remove();
}

}  // namespace croft::work::store
