#include <algorithm>

#include "croft/log.hpp"
#include "croft/transaction.hpp"
#include "db/database.hpp"
#include "runtime/loop.hpp"
#include "work/backoff.hpp"
#include "work/entry.hpp"
#include "work/store.hpp"

namespace croft::work {
namespace {

constexpr duration loading_pause = 5s;
/// A run that was lost this often is no longer begun at once: it may be what kills the process.
constexpr std::int32_t suspicious_attempt = 3;
constexpr std::size_t purge_every = 50;

}  // namespace

task<> scheduler::load() {
    while (!stopping_ && !loaded_) {
        std::string failure;
        try {
            co_await read_state();
        } catch (const std::exception& e) {
            failure = e.what();
        }
        if (failure.empty()) break;
        log::error("the schedule can't be read: {}; trying again in {}", failure, loading_pause);
        wake_.reset();
        co_await wake_.wait_for(loading_pause);
    }
}

task<> scheduler::read_state() {
    // All in one: a run that is marked as lost is also due again.
    co_await transaction([this]() -> task<> {
        const auto known = co_await store::tasks();
        for (auto& e : entries_) {
            const auto row = std::ranges::find(known, e->info->name, &croft_task::name);
            adopt(*e, row == known.end() ? nullptr : &*row);
            if (e->wanted) co_await store::save(e->row);
        }
        co_await adopt_all_lost();
    });
    loaded_ = true;
}

/// In a transaction: what was lost is also due again.
task<> scheduler::adopt_all_lost() {
    const auto lost = co_await store::collect_lost();
    for (auto& e : entries_)
        for (const auto& run : lost)
            if (run.task == e->info->name) {
                adopt_lost(*e, run);
                if (!e->unstored.empty()) co_await store::settle(e->unstored, e->row);  // and again in its turn
                co_await store::save(e->row);
            }
}

void scheduler::adopt(entry& e, const croft_task* known) {
    const auto at = now();
    auto& row = e.row = known ? *known : croft_task{};
    row.name = e.info->name;
    if (!known || row.spec != e.when.text()) {
        row.spec = e.when.text();
        row.next_run_at = e.when.next(at, at);
    } else if (const auto next = e.when.next(at, row.next_run_at.value_or(at)); next) {
        // A time that lies beyond the next occurrence was planned by a clock that has been set back since.
        row.next_run_at = row.next_run_at ? std::min(*row.next_run_at, *next) : *next;
    }
    if (e.info->options.at_start && !row.last_run_at) row.next_run_at = at;
}

void scheduler::adopt_lost(entry& e, const croft_run& lost) {
    const auto pause = lost.attempt < suspicious_attempt
                           ? duration{0}
                           : backoff(pauses_of(e.info->options), lost.attempt, /*chance=*/0);
    for (auto* row : {&e.row, &e.before}) {  // an occurrence that is being taken may be given back: postpone()
        // Where this process had that occurrence before it as well, it is the other's.
        if (row->next_run_at && *row->next_run_at <= lost.scheduled_at)
            row->next_run_at = e.when.next(lost.scheduled_at, lost.scheduled_at);
        ++row->failures;
        row->last_run_at = lost.started_at;
        row->last_outcome = "lost";
        row->last_error = "its process ended while it ran";
        row->retry_at = now() + pause;
        row->retry_of = lost.scheduled_at;
        row->retry_attempt = lost.attempt + 1;
    }
    if (e.queued == lost.scheduled_at) e.queued.reset();
    e.held_until.reset();
    log::warn("{}: the run of {} was lost when its process ended; it begins again", e.info->name, lost.scheduled_at);
}

task<> scheduler::store_end(entry* e, croft_run run) {
    e->unstored.push_back(std::move(run));
    const auto turn = co_await e->storing->acquire();
    if (!co_await store_unstored(e) || ++e->runs % purge_every != 0) co_return;
    std::string failure;
    try {
        co_await store::purge(e->info->name, options_.kept_runs, now() - options_.kept_for);
    } catch (const std::exception& problem) {
        failure = problem.what();
    }
    if (!failure.empty()) log::warn("old runs of {} can't be removed: {}", e->info->name, failure);
}

/// In its turn: what became of the task's runs, in one transaction with its row. A row that was ahead of them would,
/// after a crash, say nothing of an occurrence that was left out. False: not now, see store_what_is_left().
task<bool> scheduler::store_unstored(entry* e) {
    while (!e->unstored.empty()) {
        const auto runs = e->unstored;
        std::string failure;
        try {
            co_await store::settle(runs, e->row);
        } catch (const std::exception& problem) {
            failure = problem.what();
        }
        if (!failure.empty()) {
            log::error("{}: what became of {} of its runs can't be stored: {}; trying again later", e->info->name,
                       runs.size(), failure);
            co_return false;
        }
        e->unstored.erase(e->unstored.begin(), e->unstored.begin() + static_cast<std::ptrdiff_t>(runs.size()));
    }
    co_return true;
}

task<> scheduler::store_what_is_left() {
    for (auto& e : entries_) {
        if (e->unstored.empty()) continue;
        const auto turn = co_await e->storing->acquire();
        if (!co_await store_unstored(e.get())) co_return;
    }
}

bool scheduler::all_is_stored() const {
    return std::ranges::all_of(entries_, [](const auto& e) { return e->unstored.empty(); });
}

}  // namespace croft::work
