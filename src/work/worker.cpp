#include "work/worker.hpp"

#include <algorithm>

#include "croft/query.hpp"
#include "db/database.hpp"
#include "runtime/loop.hpp"
#include "work/backoff.hpp"
#include "work/telling.hpp"
#include "work/worker_entry.hpp"

namespace croft::work {
namespace {

task<> until_idle(group* all) { co_await all->wait(); }

/// Whatever is to be done sooner wakes it: watch() sees what others did.
constexpr duration longest_sleep = 1h;

/// How soon a job that somebody else had locked is looked at again.
constexpr duration changing_pause = 100ms;

/// How long hooks may still take when all else has ended.
constexpr duration hooks_grace = 5s;

}  // namespace

class worker::looping {
public:
    explicit looping(worker& owner) : owner_(owner), hearing_(owner.base_, [&owner](news what) { owner.hear(what); }) {
        owner_.loop_ = &runtime::loop::current();
        owner_.runs_ = &runs_;
        owner_.hooks_ = &hooks_;
        owner_.hearing_ = &hearing_;
        owner_.finished_.reset();
    }
    looping(const looping&) = delete;
    looping& operator=(const looping&) = delete;
    ~looping() {
        owner_.runs_ = owner_.hooks_ = nullptr;
        owner_.hearing_ = nullptr;
        owner_.finished_.set();
    }

private:
    worker& owner_;
    ear hearing_;
    group hooks_, runs_;
};

worker::worker(db::database& base, job_book book, worker_options options)
    : base_(base),
      book_(std::move(book)),
      options_(options),
      lease_(options.patience),
      chance_(static_cast<std::minstd_rand::result_type>(options.seed)),
      keep_lines_([this](const log::line& line) { keep_line(line); }) {}

worker::~worker() = default;

void worker::hear(news what) {
    if (what == news::cancelled || what == news::missed) look_now_.set();
    if (what == news::scheduled || what == news::missed) promote_ = true;
    if (what != news::cancelled) wake_.set();
}

task<> worker::run() {
    const runtime::scoped_local database(&runtime::inherited::database, &base_);
    const looping alive(*this);
    runs_->spawn(listen());
    runs_->spawn(watch());
    runs_->spawn(write_logs());
    while (!stopping_) {
        wake_.reset();
        co_await sync();
        co_await wake_.wait_for(pause_until_next());
    }
    while (!active_.empty()) {
        idle_.reset();
        co_await idle_.wait();
    }
    ending_ = true;
    for (int tries = 0; tries < 3 && !endings_.empty(); ++tries) co_await sync();
    try {
        co_await with_timeout(hooks_grace, until_idle(hooks_));
    } catch (const timeout_error&) {
        log::warn("hooks of jobs that died are cut short, as the app stops");
    }
    std::string failure;
    try {
        co_await lease_.end();
    } catch (const std::exception& problem) {
        failure = problem.what();
    }
    if (!failure.empty()) log::warn("the worker's row can't be deleted: {}", failure);
}

task<> worker::stop(duration grace) {
    if (!runs_) co_return;
    stopping_ = true;
    wake_.set();
    if (grace > 0s && !active_.empty()) {
        const auto until = loop_->time().monotonic() + grace;
        while (!active_.empty() && loop_->time().monotonic() < until) {
            idle_.reset();
            co_await idle_.wait_for(until - loop_->time().monotonic());
        }
    }
    for (auto& [number, one] : active_) {
        one->stopped = true;
        one->done.set();
    }
    co_await finished_.wait();
}

/// Stores what has ended and begins what there is room for.
task<> worker::sync() {
    auto ended = std::exchange(endings_, {});
    std::string failure;
    try {
        co_await exchange(ended);
    } catch (const std::exception& problem) {
        failure = problem.what();
    }
    if (failure.empty()) {
        failures_ = 0;
        held_until_.reset();
        co_return;
    }
    ended.insert(ended.end(), std::make_move_iterator(endings_.begin()), std::make_move_iterator(endings_.end()));
    endings_ = std::move(ended);
    promote_ = lost_ones_ = true;
    const auto pause = backoff({1s, 30s}, ++failures_, /*chance=*/0);
    held_until_ = loop_->time().monotonic() + pause;
    log::error("jobs can't be taken or stored: {}; trying again in {}", failure, pause);
}

task<> worker::exchange(std::vector<job_store::ended> ended) {
    const auto name = lease_.name();
    const bool asked = std::exchange(promote_, false);
    struct batch {
        std::string queue;
        bool suspect;
        std::vector<job_store::claimed> jobs;
    };
    std::vector<batch> batches;
    std::optional<time_point> due, rate_due;
    bool promoted = false;
    std::set<std::int64_t> stored;  // of those that ended
    const auto body = [&]() -> task<> {
        batches.clear(), stored.clear(), due.reset(), rate_due.reset(), promoted = false;
        const auto at = now();
        bool scheduled = asked;
        if (!ended.empty()) {
            auto report = co_await job_store::end(ended, name, at);
            scheduled = report.scheduled || asked;
            stored.insert(report.ids.begin(), report.ids.end());
        }
        if (stopping_) co_return;
        const bool promote = promoted = scheduled || (next_due_ && *next_due_ <= at);
        if (promote) co_await base_.write(job_sql::promote(at, base_.kind()));
        bool any = false;
        for (const auto& [queue, options] : book_.queues) {
            if (paused_.contains(queue)) continue;
            int room = free_places(queue, options);
            if (room > 0 && options.rate > 0) {
                const auto waiting = query<croft_job>().where(f<&croft_job::queue> == queue &&
                                                              f<&croft_job::state>.in({"waiting", "lost"}));
                if (!co_await waiting.exists()) continue;  // nothing is written for a queue that is empty
                const int wanted = room;
                room = co_await allowed_by_rate(queue, options, wanted);
                if (room < wanted)
                    rate_due = std::min(rate_due.value_or(at + options.per), at + options.per / options.rate);
            }
            if (room <= 0) continue;
            batch lost{queue, true, {}};
            if (lost_ones_ && suspects_ == 0 && std::ranges::none_of(batches, &batch::suspect)) {
                lost.jobs = co_await job_store::claim({"lost", queue, name, 1, at});
                room -= static_cast<int>(lost.jobs.size());
            }
            batch usual{queue, false, {}};
            if (room > 0) usual.jobs = co_await job_store::claim({"waiting", queue, name, room, at});
            const auto count = static_cast<int>(lost.jobs.size() + usual.jobs.size());
            if (count > 0 && options.rate > 0) co_await note_rate(queue, count);
            any = any || count > 0;
            if (!lost.jobs.empty()) batches.push_back(std::move(lost));
            if (!usual.jobs.empty()) batches.push_back(std::move(usual));
        }
        if (any && loop_->time().monotonic() - last_beat_ >= lease_.beat_pause()) co_await lease_.renew();
        if (promote) {
            const auto next = co_await base_.read(job_sql::next_due());
            if (!next.at(0, 0).is_null())  // one that is due still is being changed by somebody
                due = std::max(parse_time(next.at(0, 0).text()).value(), at + changing_pause);
        }
    };
    co_await base_.transaction(body, job_store::retried);
    for (const auto& one : ended)
        if (one.state == "dead" && stored.contains(one.id)) tell(*hooks_, job_dead{one.name, one.id, one.error});
    if (stopping_ && batches.empty()) co_return;
    if (!batches.empty() && loop_->time().monotonic() - last_beat_ >= lease_.beat_pause())
        last_beat_ = loop_->time().monotonic();
    if (promoted) next_due_ = due;
    rate_due_ = rate_due;
    if (lost_ones_ && suspects_ == 0 && std::ranges::none_of(batches, &batch::suspect)) lost_ones_ = false;
    for (auto& one : batches)
        for (auto& job : one.jobs) begin(std::move(job), one.suspect, one.queue);
}

int worker::free_places(const std::string& queue, const queue_options& options) const {
    const auto used = in_queue_.find(queue);
    return options.concurrency - (used == in_queue_.end() ? 0 : used->second);
}

/// A bucket of `rate` tokens that fills up within `per`; in the database, as it is for all processes together.
task<int> worker::allowed_by_rate(std::string queue, queue_options options, int wanted) {
    const auto row = query<croft_queue>().where(f<&croft_queue::name> == queue);
    co_await update_or_create<croft_queue>(key<&croft_queue::name>(queue));
    const auto known = co_await row.for_update().one();  // other processes' workers take from it after this one
    const auto at = now();
    double tokens = options.rate;
    if (known.refilled_at) {
        const auto passed = std::max(at - *known.refilled_at, duration{0});
        tokens =
            std::min<double>(options.rate, known.tokens + static_cast<double>(passed.count()) /
                                                              static_cast<double>(options.per.count()) * options.rate);
    }
    co_await row.update(set<&croft_queue::tokens>(tokens), set<&croft_queue::refilled_at>(at));
    co_return std::min(wanted, static_cast<int>(tokens + 1e-9));
}

task<> worker::note_rate(std::string queue, int taken) {
    const auto row = query<croft_queue>().where(f<&croft_queue::name> == queue);
    const auto known = co_await row.one();
    co_await row.update(set<&croft_queue::tokens>(known.tokens - taken));
}

duration worker::pause_until_next() const {
    const auto monotonic = loop_->time().monotonic();
    if (held_until_) return std::max(*held_until_ - monotonic, duration{0});
    auto pause = longest_sleep;
    const auto at = now();
    for (const auto& moment : {next_due_, rate_due_})
        if (moment) pause = std::min(pause, std::max(*moment - at, duration{0}));
    return pause;
}

}  // namespace croft::work
