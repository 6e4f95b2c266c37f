#include <algorithm>

#include "croft/log.hpp"
#include "db/transaction_state.hpp"
#include "runtime/loop.hpp"
#include "runtime/run_info.hpp"
#include "work/backoff.hpp"
#include "work/failure_text.hpp"
#include "work/worker_entry.hpp"

namespace croft::work {
namespace {

/// How soon a job that this program can't run is looked at again: another one may be able to.
constexpr duration for_others = 1min;

struct wish {
    bool cancel = false;
    std::optional<duration> snooze;
};
/// What a job says of its own end, by what it throws.
wish what_job_says(const std::exception_ptr& failure) {
    if (!failure) return {};
    try {
        std::rethrow_exception(failure);
    } catch (const cancel_job&) {
        return {.cancel = true, .snooze = {}};
    } catch (const snooze& later) {
        return {.cancel = false, .snooze = later.pause()};
    } catch (...) {
        return {};
    }
}

}  // namespace

void worker::begin(job_store::claimed what, bool suspect, const std::string& queue) {
    const auto* info = book_.find(what.name);
    if (!info || what.version > info->options.version) {
        if (unknown_.insert(what.name).second)
            log::warn("job {} {} waits for a program that knows {}", what.name, what.id, info ? "its version" : "it");
        put_back(what, for_others);
        return;
    }
    auto made = std::make_unique<active>();
    auto& one = *made;
    one.row = std::move(what);
    one.info = info;
    one.queue = queue;
    one.suspect = suspect;
    one.number = ++counter_;
    one.started_at = now();
    one.inside = std::make_shared<job_run>();
    one.inside->what = {one.row.id, one.row.name, one.row.attempt, one.row.attempts, one.row.enqueued_at};
    one.inside->worker = lease_.name();
    one.inside->keep = info->options.keep;
    if (stopping_) {
        one.stopped = true;
        one.done.set();
    }
    suspects_ += suspect ? 1 : 0;
    ++in_queue_[queue];
    active_[one.number] = std::move(made);
    runs_->spawn(carry_out(&one));
}

void worker::put_back(const job_store::claimed& what, duration pause) {
    job_store::ended back;
    back.id = what.id;
    back.state = "scheduled";
    back.run_at = now() + pause;
    back.counts = false;
    endings_.push_back(std::move(back));
    wake_.set();
}

task<> worker::carry_out(active* one) {
    const runtime::scoped_local database(&runtime::inherited::database, &base_);
    const runtime::scoped_local outside(&runtime::inherited::transaction, std::shared_ptr<db::transaction_state>{});
    auto info = std::make_shared<run_info>();
    info->task = one->row.name;
    info->job = one->inside;
    const runtime::scoped_local run(&runtime::inherited::run, std::move(info));
    runtime::outcome<void> result;
    if (!one->done.is_set()) {
        group work;
        auto attempt = [](const active* of) -> task<> {
            const auto& options = of->info->options;
            auto arguments = json::parse(of->row.arguments, "the arguments");
            if (of->row.version < options.version && options.upgrade)
                arguments = options.upgrade(std::move(arguments), of->row.version);
            co_await of->info->run(std::move(arguments));
        };
        work.spawn(runtime::settle_into(attempt(one), &result, &one->done));
        const auto limit = one->info->options.timeout;
        if (limit > 0s)
            co_await one->done.wait_for(limit);
        else
            co_await one->done.wait();
    }  // what still runs is destroyed here
    judge(*one, result);
    suspects_ -= one->suspect ? 1 : 0;
    --in_queue_[one->queue];
    if (one->suspect) lost_ones_ = true;
    active_.erase(one->number);
    wake_.set();
    idle_.set();
}

job_store::ended worker::ending_of(const active& one, std::string state) const {
    job_store::ended made;
    made.id = one.row.id;
    made.name = one.row.name;
    made.state = std::move(state);
    made.keep = one.info->options.keep;
    made.record = record_of(one);
    made.record.outcome = "ok";
    made.record.finished_at = now();
    return made;
}

croft_job_attempt worker::record_of(const active& one) const {
    croft_job_attempt record;
    record.job = one.row.id;
    record.attempt = one.row.attempt;
    record.outcome = "running";
    record.started_at = one.started_at;
    record.process = one.inside->worker;
    record.log = one.inside->lines.text();
    return record;
}

void worker::note_end(const active& one, job_store::ended what) {
    if (one.inside->spoke) {
        what.noted = true;
        what.record.log = one.inside->lines.text();
    }
    what.begun = one.inside->noted;
    endings_.push_back(std::move(what));
}

void worker::judge(active& one, const runtime::outcome<void>& result) {
    if (one.not_ours) {  // whoever took it has said what became of it
        log::warn("job {} {} was cancelled", one.row.name, one.row.id);
        return;
    }
    if (result.failure) {
        judge_failure(one, result.failure, "failed", error_text(result.failure));
    } else if (result.value) {
        note_end(one, ending_of(one, "done"));
    } else if (one.stopped) {
        auto back = ending_of(one, "waiting");
        back.run_at = one.row.enqueued_at;
        back.counts = false;
        back.noted = true;
        back.record.outcome = "stopped";
        note_end(one, std::move(back));
    } else {
        judge_failure(one, nullptr, "timed_out", "not done within " + to_text(one.info->options.timeout));
    }
}

void worker::judge_failure(active& one, const std::exception_ptr& failure, std::string outcome, std::string error) {
    const auto& options = one.info->options;
    auto ending = ending_of(one, "scheduled");
    ending.noted = true;
    ending.error = error;
    ending.record.outcome = std::move(outcome);
    ending.record.error = error;
    if (const auto asked = what_job_says(failure); asked.cancel) {
        ending.state = "cancelled";
        ending.record.outcome = "cancelled";
        log::info("cancelled: {}", error);
    } else if (asked.snooze) {
        ending.run_at = now() + *asked.snooze;
        ending.counts = false;
        ending.record.outcome = "snoozed";
    } else if (one.row.attempt >= one.row.attempts) {
        ending.state = "dead";
        log::error("failed: {}; it is dead, as that was attempt {} of {}", error, one.row.attempt, one.row.attempts);
    } else {
        const double chance = static_cast<double>(chance_() - chance_.min()) /
                              static_cast<double>(std::minstd_rand::max() - std::minstd_rand::min());
        const auto pause = retry_after(failure).value_or(backoff(pauses_of(options), one.row.attempt, chance));
        ending.run_at = now() + pause;
        log::warn("failed (attempt {} of {}): {}; next try in {}", one.row.attempt, one.row.attempts, error, pause);
    }
    note_end(one, std::move(ending));
}

void worker::keep_line(const log::line& line) {
    if (runtime::here.active != loop_ || !runtime::here.current) return;
    const auto& run = runtime::locals().run;
    if (!run || !run->job) return;
    if (std::ranges::none_of(active_, [&](const auto& one) { return one.second->inside == run->job; })) return;
    run->job->lines.add(line);
    run->job->spoke = true;
    spoke_.set();
}

/// What jobs log is stored while they go on, for `jobs tail`, and so that a crash leaves it. By itself, not by watch():
/// a sign of life must not wait for it.
task<> worker::write_logs() {
    for (;;) {
        co_await spoke_.wait();
        co_await sleep(log_pause);
        spoke_.reset();
        std::vector<croft_job_attempt> records;
        for (const auto& [number, one] : active_) {
            if (one->not_ours || !one->inside->lines.take_news()) continue;
            one->inside->noted = true;
            records.push_back(record_of(*one));
        }
        if (records.empty()) continue;
        std::ranges::sort(records, {}, [](const auto& one) { return one.job.id; });  // as their ends are stored
        std::string failure;
        try {
            const auto store = [&]() -> task<> {
                for (const auto& one : records) co_await job_store::keep_log(one);
                if (!co_await lease_.beat()) throw error("another process took this one for dead");  // and ended them
            };
            co_await transaction(store, job_store::retried);
        } catch (const std::exception& problem) {
            failure = problem.what();
        }
        if (failure.empty()) continue;
        log::warn("the log lines of jobs can't be stored: {}; trying again", failure);
        for (const auto& [number, one] : active_) one->inside->lines.give_back_news();
        spoke_.set();
    }
}

}  // namespace croft::work
