#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "croft/log.hpp"
#include "db/database.hpp"
#include "db/transaction_state.hpp"
#include "runtime/loop.hpp"
#include "runtime/run_info.hpp"
#include "work/backoff.hpp"
#include "work/entry.hpp"
#include "work/failure_text.hpp"
#include "work/store.hpp"
#include "work/telling.hpp"

namespace croft::work {
namespace {

/// In a coroutine, so that what a task that is none throws is its result as well.
task<> started(const task_info* info) { co_await info->start(); }

}  // namespace

void scheduler::begin(entry& e, occurrence what) {
    auto& active = *e.active.emplace_back(std::make_unique<active_run>());
    ++under_way_;
    runs_->spawn(carry_out(&e, &active, std::move(what)));
}

void scheduler::note_skip(entry& e, time_point scheduled_at, std::string why) {
    log::info("{}: the run of {} is left out: {}", e.info->name, scheduled_at, why);
    croft_run run;
    run.task = e.info->name;
    run.scheduled_at = scheduled_at;
    run.outcome = "skipped";
    run.finished_at = now();
    run.error = std::move(why);
    run.process = lease_.name();
    run.version = options_.version;
    e.unstored.push_back(std::move(run));
    ++under_way_;
    runs_->spawn(write_skip(&e));
}

task<> scheduler::write_skip(entry* e) {
    const auto turn = co_await e->storing->acquire();
    co_await store_unstored(e);
    --under_way_;
    idle_.set();
}

task<> scheduler::carry_out(entry* e, active_run* active, occurrence what) {
    const runtime::scoped_local database(&runtime::inherited::database, &base_);
    const runtime::scoped_local outside(&runtime::inherited::transaction, std::shared_ptr<db::transaction_state>{});
    active->asked = what.asked;
    active->run.task = e->info->name;
    active->run.scheduled_at = what.scheduled_at;
    active->run.attempt = what.attempt;
    active->run.started_at = now();
    active->run.process = lease_.name();
    active->run.version = options_.version;
    try {
        if (co_await claim(e, active, &what)) co_await execute(e, active);
    } catch (const std::exception& problem) {
        log::error("{}: the scheduler failed to run it: {}", e->info->name, problem);
        if (what.asked) what.asked->refusal = problem.what();
    }
    ended(*e, active);
}

task<bool> scheduler::claim(entry* e, active_run* active, const occurrence* what) {
    store::claim_answer answer;
    std::string failure;
    const auto turn = co_await e->storing->acquire();
    try {
        // A run that looks as if it were under way would keep this one from beginning.
        if (!co_await store_unstored(e)) throw error("what became of the one before it can't be stored");
        answer = co_await store::take({.run = active->run,
                                       .state = e->row,
                                       .by_hand = what->asked != nullptr,
                                       .beside = e->info->options.overlap == overlap::allow,
                                       .who = &lease_});
    } catch (const std::exception& problem) {
        failure = problem.what();
    }
    if (!failure.empty()) {
        postpone(*e, *what, failure);
        co_return false;
    }
    e->claim_failures = 0;
    if (what->asked && answer.what != store::claim::ours) what->asked->refusal = "another process runs it";
    if (answer.what == store::claim::busy && !what->asked) postpone(*e, *what, {});
    if (answer.what != store::claim::ours) co_return false;
    active->run = std::move(answer.run);
    co_return true;
}

/// The occurrence stays due: a run that nobody knows of would be lost without a trace in a crash, or run twice.
void scheduler::postpone(entry& e, const occurrence& what, const std::string& why) {
    if (what.asked) {
        what.asked->refusal = "its begin can't be stored: " + why;
        return;
    }
    const bool failed = !why.empty();  // else another process runs the task
    const auto pause = failed ? backoff(pauses_of(e.info->options), ++e.claim_failures, /*chance=*/0) : options_.poll;
    e.row = e.before;
    if (!is_due(e, now())) e.queued = what.scheduled_at;
    e.held_until = now() + pause;
    if (failed)
        log::error("{}: the begin of its run can't be stored: {}; trying again in {}", e.info->name, why, pause);
}

task<> scheduler::execute(entry* e, active_run* active) {
    const auto id = active->run.id;
    auto info = std::make_shared<run_info>(run_info{.id = id, .task = e->info->name, .note = {}});
    info->counted = std::make_shared<run_numbers>();
    info->arguments = std::make_shared<const json>(active->asked ? active->asked->arguments : json::object({}));
    info->marks = std::make_shared<std::vector<std::string>>();
    const auto counted = info->counted;
    const auto marks = info->marks;
    const runtime::scoped_local run(&runtime::inherited::run, std::move(info));
    by_run_[id] = active;
    runtime::outcome<void> result;
    if (!active->done.is_set()) {
        group work;
        work.spawn(runtime::settle_into(started(e->info), &result, &active->done));
        const auto limit = e->info->options.timeout;
        if (limit > 0s)
            co_await active->done.wait_for(limit);
        else
            co_await active->done.wait();
    }  // what still runs is destroyed here
    active->run.rows = counted->rows;
    active->run.requests = counted->requests;
    active->run.bytes = counted->bytes;
    active->run.marks = fmt::format("{}", fmt::join(*marks, "\n"));
    judge(*e, *active, result);
    by_run_.erase(id);
    active->run.log = active->lines.text();
    if (!active->not_ours)
        co_await store_end(e, active->run);
    else
        co_await store::add_account(active->run);
    if (!active->asked) co_return;
    active->asked->result = {id, active->run.outcome, active->run.error, *active->run.started_at,
                             *active->run.finished_at};
}

void scheduler::judge(entry& e, active_run& active, const runtime::outcome<void>& result) {
    auto& run = active.run;
    run.finished_at = now();
    if (active.not_ours) {
        log::warn("{}: {}", run.outcome, run.error);
        if (run.outcome == "lost") return;  // whoever took it has said what follows
        e.row.last_run_at = run.started_at;
        e.row.last_outcome = run.outcome;
        return;
    }
    if (result.failure) {
        run.outcome = "failed";
        run.error = error_text(result.failure);
        note_failure(e, active, result.failure);
    } else if (result.value) {
        run.outcome = "ok";
        note_success(e, active);
    } else if (active.cancelled || active.superseded) {
        run.outcome = "cancelled";
        note_cancelled(e, active);
    } else {
        run.outcome = "timed_out";
        run.error = "not done within " + to_text(e.info->options.timeout);
        note_failure(e, active, nullptr);
    }
    e.row.last_run_at = run.started_at;
    e.row.last_outcome = run.outcome;
    e.row.last_marks = run.marks;
}

void scheduler::note_success(entry& e, const active_run& active) {
    auto& row = e.row;
    if (row.failures > 0) {
        log::info("well again after {} failures in a row", row.failures);
        if (runs_) tell(*runs_, task_recovered{e.info->name, row.failures});
    }
    const auto took = static_cast<double>((*active.run.finished_at - *active.run.started_at).count()) / 1e6;
    row.usual_seconds = row.usual_seconds == 0 ? took : row.usual_seconds * 0.8 + took * 0.2;
    row.failures = 0;
    row.last_error.clear();
    row.retry_at.reset();
    row.retry_of.reset();
    row.not_before.reset();
}

void scheduler::note_failure(entry& e, const active_run& active, const std::exception_ptr& failure) {
    const auto& options = e.info->options;
    const auto& run = active.run;
    ++e.row.failures;
    e.row.last_error = run.error;
    if (e.row.failures == 1 && runs_) tell(*runs_, task_failed{e.info->name, run.error, run.id});
    if (const auto asked = retry_after(failure)) e.row.not_before = now() + *asked;
    if (active.asked) {
        log::error("failed: {}", run.error);
        return;
    }
    if (options.retries && run.attempt > *options.retries) {
        log::error("failed: {}; not tried again before its next run", run.error);
        return;
    }
    const auto pause = pause_after(e, active, failure);
    e.row.retry_at = now() + pause;
    e.row.retry_of = run.scheduled_at;
    e.row.retry_attempt = run.attempt + 1;
    log::error("failed ({} in a row): {}; next try in {} at the latest", e.row.failures, run.error, pause);
}

duration scheduler::pause_after(entry& e, const active_run& active, const std::exception_ptr& failure) {
    const double chance = static_cast<double>(chance_() - chance_.min()) /
                          static_cast<double>(std::minstd_rand::max() - std::minstd_rand::min());
    const auto& run = active.run;
    const duration took = *run.finished_at - *run.started_at;
    return std::max(
        {backoff(pauses_of(e.info->options), e.row.failures, chance), took, retry_after(failure).value_or(0s)});
}

/// By stop(): it is taken up at the next start. By its next occurrence: that runs instead.
void scheduler::note_cancelled(entry& e, active_run& active) {
    if (active.superseded && !active.cancelled) {
        active.run.error = "its next occurrence took its place";
        log::warn("cancelled: its next occurrence takes its place");
        return;
    }
    active.run.error = "the app stopped";
    log::warn("cancelled: the app stops");
    if (active.asked) return;
    e.row.retry_at = now();
    e.row.retry_of = active.run.scheduled_at;
    e.row.retry_attempt = active.run.attempt + 1;
}

void scheduler::ended(entry& e, active_run* active) noexcept {
    const auto asked = std::move(active->asked);
    std::erase_if(e.active, [&](const auto& one) { return one.get() == active; });
    --under_way_;
    wake_.set();
    idle_.set();
    if (asked) asked->done.set();
}

void scheduler::keep_line(const log::line& line) {
    if (line.run == 0 || runtime::here.active != loop_) return;
    const auto found = by_run_.find(line.run);
    if (found == by_run_.end()) return;
    found->second->lines.add(line);
    spoke_.set();
}

/// What runs log is stored while they go on, for `tasks tail`, and so that a crash leaves it. By itself, not by
/// watch(): a sign of life must not wait for it.
task<> scheduler::write_logs() {
    for (;;) {
        co_await spoke_.wait();
        co_await sleep(log_pause);
        spoke_.reset();
        std::map<std::int64_t, std::string> logs;
        for (const auto& [id, active] : by_run_)
            if (active->lines.take_news()) logs.emplace(id, active->lines.text());
        std::string failure;
        try {
            for (const auto& [id, text] : logs) co_await store::keep_log(id, text);
        } catch (const std::exception& problem) {
            failure = problem.what();
        }
        if (failure.empty()) continue;
        log::warn("the log lines of runs can't be stored: {}; trying again", failure);
        for (const auto& [id, active] : by_run_) active->lines.give_back_news();
        spoke_.set();
    }
}

}  // namespace croft::work

namespace croft {
namespace {

const work::run_info& current_run() {
    if (runtime::here.current)
        if (const auto& run = runtime::locals().run; run && run->arguments) return *run;
    throw error("run_arguments() must be called from a task's run");
}

}  // namespace

const json& run_arguments() { return *current_run().arguments; }

}  // namespace croft
