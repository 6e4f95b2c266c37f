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

/// The scheduler looks at the wall clock at least so often, as that may be set while it sleeps.
constexpr duration longest_sleep = 1min;
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
      chance_(static_cast<std::minstd_rand::result_type>(options_.seed)),
      keep_lines_([this](const log::line& line) { keep_line(line); }) {
    const auto wanted = matching_tasks(tasks_, options_.patterns);
    // R is drawn once for each place that this app is installed at: a restart doesn't move it.
    const auto seed = text::crc32(base_.url());
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
        auto when = schedule::make(tasks_[i], seed);
        if (!when) throw config_error("task " + tasks_[i].name + ": " + when.error().message);
        entries_.push_back(std::make_unique<entry>(entry{&tasks_[i], *std::move(when), wanted[i]}));
    }
    log::set_context(&speaker);
}

scheduler::~scheduler() = default;

task<> scheduler::run() {
    const runtime::scoped_local database(&runtime::inherited::database, &base_);
    const looping alive(*this);
    co_await load();
    while (!stopping_) {
        wake_.reset();
        dispatch();
        co_await wake_.wait_for(pause_until_next());
        if (!unstored_.empty()) co_await store_what_is_left();
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
}

task<> scheduler::stop(duration grace) {
    stopping_ = true;
    wake_.set();
    if (!runs_) co_return;
    if (co_await finished_.wait_for(grace)) co_return;
    for (auto& e : entries_) {
        if (!e->active) continue;
        e->active->cancelled = true;
        e->active->done.set();
    }
    co_await finished_.wait();
}

task<run_outcome> scheduler::run_now(std::string name) {
    auto asked = std::make_shared<request>();
    asked->of = &find(name);
    if (runs_) {
        requests_.push_back(asked);
        wake_.set();
        co_await asked->done.wait();
    } else {
        const runtime::scoped_local database(&runtime::inherited::database, &base_);
        loop_ = &runtime::loop::current();
        if (!loaded_) co_await read_state();
        if (asked->of->active) throw croft::error("task " + name + " is running already");
        asked->of->active = std::make_unique<active_run>();
        ++under_way_;
        co_await carry_out(asked->of, {now(), 1, asked});
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
        if (e.active) {
            note_overlap(e, at);
        } else if (is_due(e, at)) {
            e.before = e.row;
            if (auto due = take_due(e, at)) begin(e, std::move(*due));
        }
    }
}

void scheduler::answer_requests() {
    for (auto& asked : std::exchange(requests_, {})) {
        if (!asked->of->active) {
            begin(*asked->of, {now(), 1, asked});
            continue;
        }
        asked->refusal = "it is running already";
        asked->done.set();
    }
}

void scheduler::note_overlap(entry& e, time_point at) {
    if (!e.row.next_run_at || *e.row.next_run_at > at) return;
    if (e.backlog_until && *e.row.next_run_at <= *e.backlog_until) return;
    const auto last = e.when.latest(*e.row.next_run_at, at);
    e.row.next_run_at = e.when.next(at, last);
    if (e.info->options.overlap == overlap::queue_one)
        e.queued = last;
    else
        note_skip(e, last, "the run before it was still under way");
}

bool scheduler::is_due(const entry& e, time_point at) const {
    if (e.row.not_before && at < *e.row.not_before) return false;
    if (e.held_until && at < *e.held_until) return false;
    return e.queued || (e.row.next_run_at && *e.row.next_run_at <= at) || (e.row.retry_at && *e.row.retry_at <= at);
}

std::optional<scheduler::occurrence> scheduler::take_due(entry& e, time_point at) {
    e.row.not_before.reset();
    e.held_until.reset();
    if (e.row.next_run_at && *e.row.next_run_at <= at) return take_regular(e, at);
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
        e.backlog_until = std::max(e.backlog_until.value_or(at), at);
        e.row.next_run_at = e.when.next(first, first);
    } else {
        first = last;
        e.row.next_run_at = e.when.next(at, last);
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
    auto earliest = at + (unstored_.empty() ? longest_sleep : storing_pause);
    const auto consider = [&](std::optional<time_point> moment, time_point not_sooner) {
        if (moment) earliest = std::min(earliest, std::max(*moment, not_sooner));
    };
    for (const auto& e : entries_) {
        if (!e->wanted) continue;
        if (e->active) {
            if (!e->backlog_until || e->row.next_run_at > e->backlog_until) consider(e->row.next_run_at, at);
            continue;
        }
        const auto gate = std::max(e->row.not_before.value_or(at), e->held_until.value_or(at));
        consider(e->row.next_run_at, gate);
        consider(e->row.retry_at, gate);
        consider(e->queued, gate);
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
