#include "work/scheduler.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.hpp"
#include "base/text.hpp"
#include "db/database.hpp"
#include "runtime/loop.hpp"
#include "runtime/run_info.hpp"
#include "text/cron_hash.hpp"
#include "work/entry.hpp"
#include "work/store.hpp"

namespace croft::work {
namespace {

/// An occurrence that runs this much later than it should wasn't missed, just late.
constexpr duration late = 1min;
/// How soon the end of a run that could not be stored is tried again.
constexpr duration storing_pause = 5s;
/// Differences between wall and monotonic time below this are the clocks' own business.
constexpr duration jump_of_note = 1s;

log::context speaker() {
    const auto* task = runtime::here.current;
    if (!task || !task->locals.run) return {};
    return {task->locals.run->task, task->locals.run->id};
}

}  // namespace

/// While run() lives: where its runs are, and that stop() has something to wait for.
class scheduler::looping {
public:
    explicit looping(scheduler& owner) : owner_(owner) {
        owner_.loop_ = &runtime::loop::current();
        owner_.runs_ = &runs_;
        owner_.finished_.reset();
    }
    looping(const looping&) = delete;
    looping& operator=(const looping&) = delete;
    ~looping() {
        owner_.runs_ = nullptr;
        owner_.finished_.set();
    }

private:
    scheduler& owner_;
    group runs_;
};

scheduler::scheduler(db::database& base, std::vector<task_info> tasks, scheduler_options options)
    : base_(base),
      tasks_(std::move(tasks)),
      options_(std::move(options)),
      lease_(options_.patience),
      chance_(static_cast<std::minstd_rand::result_type>(options_.seed)),
      keep_lines_([this](const log::line& line) { keep_line(line); }) {
    const auto wanted = matching_tasks(tasks_, options_.patterns);
    // R is drawn once for each place that this app is installed at: a restart doesn't move it.
    const auto seed = text::crc32(base_.url());
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
        auto when = schedule::make(tasks_[i], seed);
        if (!when) throw config_error("task " + tasks_[i].name + ": " + when.error().message);
        auto quiet = quiet_hours::make(tasks_[i].options.quiet, tasks_[i].options.timezone);
        if (!quiet) throw config_error("task " + tasks_[i].name + ": " + quiet.error().message);
        entries_.push_back(std::make_unique<entry>(entry{&tasks_[i], *std::move(when), wanted[i], *std::move(quiet)}));
    }
    for (auto& e : entries_)
        if (!e->info->options.after.empty()) e->after = &find(full_name(*e->info, e->info->options.after));
    log::set_context(&speaker);
}

scheduler::~scheduler() = default;

task<> scheduler::run() {
    const runtime::scoped_local database(&runtime::inherited::database, &base_);
    const looping alive(*this);
    runs_->spawn(watch());
    runs_->spawn(write_logs());
    co_await load();
    while (!stopping_) {
        wake_.reset();
        dispatch();
        co_await wake_.wait_for(pause_until_next());
        if (!all_is_stored()) co_await store_what_is_left();
    }
    for (auto& asked : std::exchange(requests_, {})) {
        asked->refusal = "the app is stopping";
        asked->done.set();
    }
    while (under_way_ > 0) {
        idle_.reset();
        co_await idle_.wait();
    }
    co_await store_what_is_left();
    std::string failure;
    try {
        co_await lease_.end();
    } catch (const std::exception& problem) {
        failure = problem.what();
    }
    if (!failure.empty()) log::warn("the scheduler's row can't be deleted: {}", failure);
}

task<> scheduler::stop(duration grace) {
    stopping_ = true;
    wake_.set();
    if (!runs_) co_return;
    if (co_await finished_.wait_for(grace)) co_return;
    for (auto& e : entries_)
        for (auto& active : e->active) {
            active->cancelled = true;
            active->done.set();
        }
    co_await finished_.wait();
}

task<run_outcome> scheduler::run_now(std::string name, json arguments) {
    auto asked = std::make_shared<request>();
    asked->of = &find(name);
    asked->arguments = std::move(arguments);
    if (alone_) throw croft::error("task " + name + ": another run was asked for and isn't over");
    if (runs_) {
        requests_.push_back(asked);
        wake_.set();
        co_await asked->done.wait();
    } else {
        const runtime::scoped_local database(&runtime::inherited::database, &base_);
        const looping alive(*this);
        struct by_itself {
            bool* flag;
            explicit by_itself(bool* which) : flag(which) { *flag = true; }
            ~by_itself() { *flag = false; }
        } const mark(&alone_);
        if (!loaded_) co_await read_state();
        runs_->spawn(watch());
        runs_->spawn(write_logs());
        auto& active = *asked->of->active.emplace_back(std::make_unique<active_run>());
        ++under_way_;
        co_await carry_out(asked->of, &active, {now(), 1, asked});
        co_await lease_.end();
    }
    if (!asked->refusal.empty()) throw croft::error("task " + name + ": " + asked->refusal);
    co_return asked->result;
}

task<> scheduler::pause(std::string name) {
    auto& e = find(name);
    const runtime::scoped_local database(&runtime::inherited::database, &base_);
    if (!loaded_) co_await read_state();
    if (!co_await store::set_paused(name, true)) {
        co_await store::save(e.row);
        co_await store::set_paused(name, true);
    }
}

task<> scheduler::resume(std::string name) {
    find(name);
    const runtime::scoped_local database(&runtime::inherited::database, &base_);
    co_await store::set_paused(name, false);
}

scheduler::entry& scheduler::find(std::string_view name) {
    const auto found = std::ranges::find(entries_, name, [](const auto& e) { return e->info->name; });
    if (found != entries_.end()) return **found;
    std::vector<std::string_view> names;
    for (const auto& task : tasks_) names.push_back(task.name);
    throw config_error("there is no task " + quoted(name) + did_you_mean(name, names));
}

void scheduler::dispatch() {
    const auto at = now();
    follow_the_clock(at);
    answer_requests();
    for (auto& each : entries_) {
        auto& e = *each;
        if (!e.wanted) continue;
        if (!e.active.empty() && e.info->options.overlap != overlap::allow) {
            note_overlap(e, at);
        } else if (is_due(e, at) && !waits_for_another(e, at)) {
            e.before = e.row;
            if (auto due = take_due(e, at)) begin(e, std::move(*due));
        }
    }
}

void scheduler::answer_requests() {
    for (auto& asked : std::exchange(requests_, {})) {
        if (asked->of->active.empty() || asked->of->info->options.overlap == overlap::allow) {
            begin(*asked->of, {now(), 1, asked});
            continue;
        }
        asked->refusal = "it is running already";
        asked->done.set();
    }
}

void scheduler::note_overlap(entry& e, time_point at) {
    if (!e.row.next_run_at || *e.row.next_run_at > at) return;
    if (const auto due = regular_due(e); due && *due > at) return;
    if (e.backlog_until && *e.row.next_run_at <= *e.backlog_until) return;
    const auto& options = e.info->options;
    const auto last = e.when.latest(*e.row.next_run_at, at);
    if (options.missed == missed::run_all && options.overlap != overlap::cancel_running && last != *e.row.next_run_at) {
        e.backlog_until = last;  // several have passed: they wait for their turns
        return;
    }
    e.row.next_run_at = e.when.next(at, last);
    if (options.overlap != overlap::skip) e.queued = last;
    if (options.overlap == overlap::cancel_running)
        for (auto& active : e.active) {
            active->superseded = true;
            active->done.set();
        }
    else if (options.overlap == overlap::skip)
        note_skip(e, last, "the run before it was still under way");
}

bool scheduler::is_due(const entry& e, time_point at) const {
    if (e.row.not_before && at < *e.row.not_before) return false;
    if (e.held_until && at < *e.held_until) return false;
    if (e.quiet.end(at)) return false;
    const auto due = regular_due(e);
    return e.queued || (due && *due <= at) || (e.row.retry_at && *e.row.retry_at <= at);
}

/// When its next occurrence begins: by its spec, and a bit later where it has a jitter.
std::optional<time_point> scheduler::regular_due(const entry& e) const {
    const auto& next = e.row.next_run_at;
    const auto jitter = e.info->options.jitter;
    if (!next || jitter <= 0s) return next;
    const auto seed = text::crc32(e.info->name + to_text(*next));
    return *next + duration(static_cast<duration::rep>(static_cast<double>(seed) / 4294967296.0 *
                                                       static_cast<double>(jitter.count())));
}

/// Whether it is to begin only after another task, which hasn't come to its end yet. Where that has failed for good,
/// the occurrence is left out.
bool scheduler::waits_for_another(entry& e, time_point at) {
    if (!e.after || !e.after->wanted) return false;
    const auto& other = *e.after;
    if (!other.active.empty() || other.queued || other.row.retry_at) return true;
    if (const auto due = regular_due(other); due && *due <= at) return true;
    if (other.row.failures == 0 || !e.row.next_run_at || *e.row.next_run_at > at) return false;
    const auto last = e.when.latest(*e.row.next_run_at, at);
    e.row.next_run_at = e.when.next(at, last);
    note_skip(e, last, other.info->name + ", after which it runs, has failed");
    return true;
}

std::optional<scheduler::occurrence> scheduler::take_due(entry& e, time_point at) {
    e.row.not_before.reset();
    e.held_until.reset();
    if (const auto next = regular_due(e); next && *next <= at) return take_regular(e, at);
    const occurrence due =
        e.queued ? occurrence{*e.queued} : occurrence{e.row.retry_of.value_or(*e.row.retry_at), e.row.retry_attempt};
    e.queued.reset();
    e.row.retry_at.reset();
    e.row.retry_of.reset();
    return due;
}

std::optional<scheduler::occurrence> scheduler::take_regular(entry& e, time_point at) {
    const auto& options = e.info->options;
    auto first = *e.row.next_run_at;
    const auto last = e.when.latest(first, at);
    if (options.missed == missed::run_all && first != last) {
        first = e.when.first_of_last(first, last, options.most_missed);
        if (options.missed_grace && at - first > *options.missed_grace) {
            const auto within = e.when.next(at - *options.missed_grace - 1us, first).value_or(last);
            note_skip(e, first, "those before " + to_text(std::min(within, last)) + " were missed too long ago");
            first = std::min(within, last);
        }
        e.backlog_until = std::max(e.backlog_until.value_or(at), at);
        e.row.next_run_at = e.when.next(first, first);
    } else {
        first = last;
        e.row.next_run_at = e.when.next(at, last);
    }
    if (options.missed_grace && at - last > std::max<duration>(*options.missed_grace, late)) {
        note_skip(e, last, "it was missed longer ago than " + to_text(*options.missed_grace));
        return std::nullopt;
    }
    if (options.missed == missed::skip && at - last > late) {
        note_skip(e, last, "it was missed: the app didn't run then, or its clock was set");
        return std::nullopt;
    }
    e.queued.reset();
    e.row.retry_at.reset();  // this one takes the failed one's place
    e.row.retry_of.reset();
    return occurrence{first};
}

duration scheduler::pause_until_next() const {
    const auto at = now();
    auto earliest = at + (all_is_stored() ? options_.clock_check : storing_pause);
    const auto consider = [&](std::optional<time_point> moment, time_point not_sooner) {
        if (moment) earliest = std::min(earliest, std::max(*moment, not_sooner));
    };
    for (const auto& e : entries_) {
        if (!e->wanted) continue;
        if (!e->active.empty() && e->info->options.overlap != overlap::allow) {
            if (!e->backlog_until || e->row.next_run_at > e->backlog_until) consider(regular_due(*e), at);
            continue;
        }
        const auto due = regular_due(*e);
        if (e->after && due && *due <= at && e->after->wanted) continue;  // the end of the other one wakes us
        const auto gate = std::max(e->row.not_before.value_or(at), e->held_until.value_or(at));
        for (const auto& moment : {due, e->row.retry_at, e->queued}) {
            if (!moment) continue;
            const auto begins = std::max(*moment, gate);
            consider(e->quiet.end(begins).value_or(begins), at);
        }
    }
    return std::max(earliest - at, duration{0});
}

/// When the clock is set back, what was planned by the wrong time is planned anew. When it is set forward, what should
/// have run in between counts as missed, without further ado.
void scheduler::follow_the_clock(time_point at) {
    const auto monotonic = loop_->time().monotonic();
    const auto before = std::exchange(last_wall_, at);
    const auto passed = monotonic - std::exchange(last_monotonic_, monotonic);
    if (!before) return;
    const duration jump = at - *before - passed;
    if (jump >= -jump_of_note) {
        if (jump > late) log::warn("the clock was set forward by {}", jump);
        return;
    }
    log::warn("the clock was set back by {}", -jump);
    for (auto& e : entries_) {
        auto& row = e->row;
        if (row.next_run_at)
            if (const auto next = e->when.next(at, *row.next_run_at))
                row.next_run_at = std::min(*row.next_run_at, *next);
        for (auto* moment : {&row.retry_at, &row.not_before, &e->held_until})
            if (*moment) **moment += jump;
        e->backlog_until.reset();
    }
}

}  // namespace croft::work
