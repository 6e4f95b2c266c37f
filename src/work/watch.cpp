#include <algorithm>

#include "croft/log.hpp"
#include "croft/transaction.hpp"
#include "db/database.hpp"
#include "runtime/loop.hpp"
#include "work/entry.hpp"
#include "work/store.hpp"
#include "work/telling.hpp"

namespace croft::work {
namespace {

/// A task that should have begun this long ago is overdue.
constexpr duration overdue_after = 5min;
/// A run is stuck when it takes so many times as long as usual, and at least this long.
constexpr double stuck_factor = 5;
constexpr duration stuck_after = 10min;

}  // namespace

task<> scheduler::watch() {
    for (;;) {
        std::string failure;
        try {
            co_await look();
        } catch (const std::exception& problem) {
            failure = problem.what();
        }
        if (!failure.empty()) log::warn("other processes' runs can't be looked at: {}", failure);
        co_await sleep(under_way_ == 0 ? options_.poll : std::min(options_.poll, lease_.beat_pause()));
    }
}

task<> scheduler::look() {
    const auto at = now();
    for (auto& e : entries_) {
        if (e->wanted) tell_overdue(*e, at);
        tell_stuck(*e, at);
    }
    if (!co_await lease_.pulse(!by_run_.empty())) {
        give_up_all();
        co_return;
    }
    if (!by_run_.empty()) co_await give_up_ended();
    if (loaded_ && co_await store::any_lost()) {
        co_await transaction([this] { return adopt_all_lost(); });
        wake_.set();
    }
}

/// What somebody else has ended is destroyed: cancelled by the operator, mostly. What began since isn't meant.
task<> scheduler::give_up_ended() {
    std::vector<std::int64_t> ids;
    for (const auto& [id, active] : by_run_) ids.push_back(id);
    for (const auto& run : co_await store::ended(std::move(ids))) {
        const auto found = by_run_.find(run.id);
        if (found == by_run_.end() || found->second->done.is_set()) continue;
        auto& active = *found->second;
        active.run.outcome = run.outcome;
        active.run.error = run.error;
        active.not_ours = true;
        active.done.set();
    }
}

/// Others thought this scheduler dead and have taken what it ran.
void scheduler::give_up_all() {
    for (auto& [id, active] : by_run_) {
        active->run.outcome = "lost";
        active->run.error = "another process took this one for dead";
        active->not_ours = true;
        active->done.set();
    }
}

void scheduler::tell_overdue(entry& e, time_point at) {
    const auto due = regular_due(e);
    if (!due || at - *due < overdue_after || !e.active.empty() || e.told_overdue == due) return;
    if (e.after && (!e.after->active.empty() || e.after->row.retry_at)) return;
    if (e.quiet.end(at) || (e.row.not_before && at < *e.row.not_before)) return;
    e.told_overdue = due;
    log::error("{}: it should have begun at {} and hasn't", e.info->name, *due);
    tell(*runs_, task_overdue{e.info->name, *due});
}

void scheduler::tell_stuck(entry& e, time_point at) {
    const auto usual = duration(static_cast<duration::rep>(e.row.usual_seconds * stuck_factor * 1e6));
    if (usual == 0s) return;
    for (auto& active : e.active) {
        if (!active->run.started_at || active->told_stuck) continue;
        const auto running = at - *active->run.started_at;
        if (running < std::max<duration>(usual, stuck_after)) continue;
        active->told_stuck = true;
        log::error("{}: its run has taken {} so far, and usually takes {}", e.info->name, running,
                   duration(static_cast<duration::rep>(e.row.usual_seconds * 1e6)));
        tell(*runs_, task_stuck{e.info->name, active->run.id, running});
    }
}

}  // namespace croft::work
