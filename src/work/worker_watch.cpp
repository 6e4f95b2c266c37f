#include "croft/log.hpp"
#include "croft/query.hpp"
#include "runtime/loop.hpp"
#include "work/telling.hpp"
#include "work/worker_entry.hpp"

namespace croft::work {
namespace {

constexpr duration prune_pause = 1min;
constexpr int pruned_at_once = 1000;

}  // namespace

/// Without it, what other processes do is seen once a second.
task<> worker::listen() {
    try {
        co_await hearing_->listen(&base_);
    } catch (const std::exception& problem) {
        log::warn("other processes' jobs aren't heard of, so they are looked for once a second: {}", problem);
    }
}

task<> worker::watch() {
    while (!ending_) {
        look_now_.reset();
        std::string failure;
        try {
            co_await look();
        } catch (const std::exception& problem) {
            failure = problem.what();
        }
        if (!failure.empty()) log::warn("the jobs can't be looked at: {}", failure);
        (void)co_await look_now_.wait_for(active_.empty() ? options_.poll
                                                          : std::min(options_.poll, lease_.beat_pause()));
    }
}

task<> worker::look() {
    const bool busy = !active_.empty();
    const auto newest = counter_;
    const auto before = loop_->time().monotonic();
    if (!co_await lease_.pulse(busy)) {
        give_up_all();
        co_return;
    }
    if (busy) last_beat_ = before;
    std::vector<db::statement> questions{job_sql::any_lost(),
                                         job_sql::next_due(),
                                         {R"(SELECT 1 FROM "croft_job" WHERE "state" = 'waiting' LIMIT 1)"},
                                         {R"(SELECT "name", "paused" FROM "croft_queue")"}};
    if (busy) questions.push_back(job_sql::still_ours(lease_.name(), base_.kind()));
    const auto answers = co_await base_.read(std::move(questions));
    if (!answers[0].empty()) co_await take_up_lost();
    if (!answers[1].at(0, 0).is_null()) {
        const auto due = parse_time(answers[1].at(0, 0).text()).value();
        if (!next_due_ || due < *next_due_) promote_ = true, wake_.set();
    }
    if (!answers[2].empty()) wake_.set();
    paused_.clear();
    for (std::size_t i = 0; i < answers[3].size(); ++i)
        if (answers[3].at(i, 1).integer() != 0) paused_.emplace(answers[3].at(i, 0).text());
    if (busy) {
        std::set<std::int64_t> ours;
        for (std::size_t i = 0; i < answers[4].size(); ++i) ours.insert(answers[4].at(i, 0).integer());
        drop_taken(std::move(ours), newest);
    }
    co_await prune();
}

/// What died with its process: it waits for a place again, or is dead itself.
task<> worker::take_up_lost() {
    for (const auto& one : co_await job_store::lose(options_.most_lost, now())) {
        if (one.dead) {
            log::error("job {} {}: its process ended while it ran, and that too often; it is dead", one.name, one.id);
            tell(*hooks_, job_dead{one.name, one.id, "its process ended while it ran"});
        } else {
            log::warn("job {} {}: its process ended while it ran; it begins again", one.name, one.id);
        }
    }
    lost_ones_ = true;
    wake_.set();
}

/// Destroys what somebody has cancelled, or taken. What was begun since the question was asked isn't meant.
void worker::drop_taken(std::set<std::int64_t> ours, std::uint64_t before) {
    for (auto& [number, one] : active_) {
        if (number > before || ours.contains(one->row.id) || one->done.is_set() || one->inside->completed) continue;
        one->not_ours = true;
        one->done.set();
    }
}

/// Others thought this worker dead and have taken what it ran.
void worker::give_up_all() {
    last_beat_ = -1h;
    endings_.clear();
    for (auto& [number, one] : active_) {
        one->not_ours = true;
        one->done.set();
    }
}

task<> worker::prune() {
    const auto at = loop_->time().monotonic();
    if (at - last_prune_ < prune_pause) co_return;
    last_prune_ = at;
    while ((co_await base_.write(job_sql::prune(now(), pruned_at_once, base_.kind()))).changes == pruned_at_once) {
    }
}

}  // namespace croft::work
