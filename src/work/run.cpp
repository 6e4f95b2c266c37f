#include <algorithm>

#include "croft/log.hpp"
#include "db/database.hpp"
#include "runtime/loop.hpp"
#include "runtime/run_info.hpp"
#include "work/backoff.hpp"
#include "work/entry.hpp"
#include "work/store.hpp"

namespace croft::work {
namespace {

constexpr std::size_t longest_error = 4000;  // bytes

std::string error_text(const std::exception_ptr& failure) {
    auto text = describe(failure, true);
    if (text.size() > longest_error) text.resize(longest_error);
    return text;
}

}  // namespace

void scheduler::begin(entry& e, occurrence what) {
    e.active = std::make_unique<active_run>();
    ++under_way_;
    runs_->spawn(carry_out(&e, std::move(what)));
}

void scheduler::note_skip(entry& e, time_point scheduled_at, std::string why) {
    log::info("{}: the run of {} is left out: {}", e.info->name, scheduled_at, why);
    croft_run run;
    run.task = e.info->name;
    run.scheduled_at = scheduled_at;
    run.outcome = "skipped";
    run.finished_at = now();
    run.error = std::move(why);
    run.process = presence_.name();
    ++under_way_;
    runs_->spawn(write_skip(&e, std::move(run)));
}

task<> scheduler::write_skip(entry* e, croft_run run) {
    try {
        co_await store::skip(std::move(run), e->row);
    } catch (const std::exception& problem) {
        log::error("{}: that a run is left out can't be stored: {}", e->info->name, problem);
    }
    --under_way_;
    idle_.set();
}

task<> scheduler::carry_out(entry* e, occurrence what) {
    const runtime::scoped_local database(&runtime::inherited::database, &base_);
    const runtime::scoped_local outside(&runtime::inherited::transaction, std::shared_ptr<db::transaction_state>{});
    auto& active = *e->active;
    active.asked = what.asked;
    active.run.task = e->info->name;
    active.run.scheduled_at = what.scheduled_at;
    active.run.attempt = what.attempt;
    active.run.started_at = now();
    active.run.process = presence_.name();
    try {
        if (co_await claim(e, &what)) co_await execute(e, what.asked != nullptr);
    } catch (const std::exception& problem) {
        log::error("{}: the scheduler failed to run it: {}", e->info->name, problem);
        if (what.asked) what.asked->refusal = problem.what();
    }
    ended(*e);
}

task<bool> scheduler::claim(entry* e, const occurrence* what) {
    auto& active = *e->active;
    store::claim_answer answer;
    std::string failure;
    try {
        co_await store_what_is_left();  // a run that looks as if it were under way would keep this one from beginning
        answer = co_await store::take({active.run, e->row, what->asked != nullptr});
    } catch (const std::exception& problem) {
        failure = problem.what();
    }
    if (!failure.empty()) {
        postpone(*e, *what, failure);
        co_return false;
    }
    e->claim_failures = 0;
    if (answer.what == store::claim::taken && what->asked) what->asked->refusal = "another process runs it";
    if (answer.what != store::claim::ours) co_return false;
    active.run = std::move(answer.run);
    co_return true;
}

/// The occurrence stays due: a run that nobody knows of would be lost without a trace in a crash, or run twice.
void scheduler::postpone(entry& e, const occurrence& what, const std::string& why) {
    if (what.asked) {
        what.asked->refusal = "its begin can't be stored: " + why;
        return;
    }
    const auto pause = backoff(e.info->options, ++e.claim_failures, /*chance=*/0);
    e.row = e.before;
    if (!is_due(e, now())) e.queued = what.scheduled_at;
    e.held_until = now() + pause;
    log::error("{}: the begin of its run can't be stored: {}; trying again in {}", e.info->name, why, pause);
}

task<> scheduler::execute(entry* e, bool by_hand) {
    auto& active = *e->active;
    const auto id = active.run.id;
    auto info = std::make_shared<run_info>(run_info{.id = id, .task = e->info->name, .note = {}});
    const runtime::scoped_local run(&runtime::inherited::run, std::move(info));
    by_run_[id] = e;
    runtime::outcome<void> result;
    if (!active.cancelled) {
        group work;
        work.spawn(runtime::settle_into(e->info->start(), &result, &active.done));
        const auto limit = e->info->options.timeout;
        if (limit > 0s)
            co_await active.done.wait_for(limit);
        else
            co_await active.done.wait();
    }  // what still runs is destroyed here
    judge(*e, by_hand, result);
    by_run_.erase(id);
    active.run.log = active.lines.text();
    co_await store_end(e, active.run);
    if (!active.asked) co_return;
    active.asked->result = {id, active.run.outcome, active.run.error, *active.run.started_at, *active.run.finished_at};
}

void scheduler::judge(entry& e, bool by_hand, const runtime::outcome<void>& result) {
    auto& run = e.active->run;
    run.finished_at = now();
    if (const auto* failure = std::get_if<std::exception_ptr>(&result.state)) {
        run.outcome = "failed";
        run.error = error_text(*failure);
        note_failure(e, by_hand, *failure);
    } else if (result.state.index() == 1) {
        run.outcome = "ok";
        if (e.row.failures > 0) log::info("well again after {} failures in a row", e.row.failures);
        e.row.failures = 0;
        e.row.last_error.clear();
        e.row.retry_at.reset();
        e.row.retry_of.reset();
        e.row.not_before.reset();
    } else if (e.active->cancelled) {
        run.outcome = "cancelled";
        note_cancelled(e, by_hand);
    } else {
        run.outcome = "timed_out";
        run.error = "not done within " + to_text(e.info->options.timeout);
        note_failure(e, by_hand, nullptr);
    }
    e.row.last_run_at = run.started_at;
    e.row.last_outcome = run.outcome;
}

void scheduler::note_failure(entry& e, bool by_hand, const std::exception_ptr& failure) {
    const auto& options = e.info->options;
    const auto& run = e.active->run;
    ++e.row.failures;
    e.row.last_error = run.error;
    if (const auto asked = retry_after(failure)) e.row.not_before = now() + *asked;
    if (by_hand) {
        log::error("failed: {}", run.error);
        return;
    }
    if (options.retries && run.attempt > *options.retries) {
        log::error("failed: {}; not tried again before its next run", run.error);
        return;
    }
    const auto pause = pause_after(e, failure);
    e.row.retry_at = now() + pause;
    e.row.retry_of = run.scheduled_at;
    e.row.retry_attempt = run.attempt + 1;
    log::error("failed ({} in a row): {}; next try in {} at the latest", e.row.failures, run.error, pause);
}

duration scheduler::pause_after(entry& e, const std::exception_ptr& failure) {
    const double chance = static_cast<double>(chance_() - chance_.min()) /
                          static_cast<double>(std::minstd_rand::max() - std::minstd_rand::min());
    const auto& run = e.active->run;
    const duration took = *run.finished_at - *run.started_at;
    return std::max({backoff(e.info->options, e.row.failures, chance), took, retry_after(failure).value_or(0s)});
}

/// By stop(): it is taken up at the next start.
void scheduler::note_cancelled(entry& e, bool by_hand) {
    e.active->run.error = "the app stopped";
    log::warn("cancelled: the app stops");
    if (by_hand) return;
    e.row.retry_at = now();
    e.row.retry_of = e.active->run.scheduled_at;
    e.row.retry_attempt = e.active->run.attempt + 1;
}

void scheduler::ended(entry& e) noexcept {
    const auto asked = std::move(e.active->asked);
    e.active.reset();
    --under_way_;
    wake_.set();
    idle_.set();
    if (asked) asked->done.set();
}

void scheduler::keep_line(const log::line& line) {
    if (line.run == 0 || runtime::here.active != loop_) return;
    if (const auto found = by_run_.find(line.run); found != by_run_.end()) found->second->active->lines.add(line);
}

}  // namespace croft::work
