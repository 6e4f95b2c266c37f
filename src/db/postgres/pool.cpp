#include "db/postgres/pool.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace croft::db::postgres {
namespace {

constexpr duration unquestioned = 30s;  // how long a connection may rest before it is asked whether it still works
constexpr duration patience = 5s;       // for an answer to that, and for what was left unfinished to be stopped

duration monotonic() { return runtime::loop::current().time().monotonic(); }

std::size_t limit_of(const options& tuning) { return std::max<std::size_t>(1, tuning.max_connections); }

task<> make_clean(connection* what) {
    co_await what->stop();
    co_await what->tidy();
}

}  // namespace

pool::pool(connection_settings settings)
    : settings_(std::make_shared<const connection_settings>(std::move(settings))),
      turns_(limit_of(settings_->tuning)) {}

task<> pool::start() {
    std::vector<lease> first;
    const auto wanted = std::clamp<std::size_t>(settings_->tuning.min_connections, 1, limit_of(settings_->tuning));
    for (std::size_t i = 0; i < wanted; ++i) {
        auto turn = co_await turns_.acquire();
        auto opened = co_await connect_in_time();
        first.emplace_back(*this, std::move(opened), std::move(turn));
    }
}

void pool::refuse_when_closed() const {
    if (closed_) throw error(name() + ": the database has been closed");
}

task<pool::lease> pool::acquire() {
    refuse_when_closed();
    auto turn = co_await take_turn();
    refuse_when_closed();
    std::unique_ptr<connection> found;
    while (!found && !idle_.empty()) {
        auto candidate = std::move(idle_.back());
        idle_.pop_back();
        if (co_await still_works(&candidate)) found = std::move(candidate.what);
    }
    if (!found) found = co_await connect();
    co_return lease(*this, std::move(found), std::move(turn));
}

task<semaphore::permit> pool::take_turn() {
    if (auto turn = turns_.acquire(); turn.await_ready()) co_return turn.await_resume();
    const auto limit = settings_->tuning.acquire_timeout;
    auto wait = [](semaphore* turns) -> task<semaphore::permit> { co_return co_await turns->acquire(); };
    try {
        co_return co_await with_timeout(limit, wait(&turns_));
    } catch (const timeout_error&) {
        throw timeout_error(fmt::format("{}: all {} connections were in use for {}", name(),
                                        limit_of(settings_->tuning), to_text(limit)));
    }
}

task<bool> pool::still_works(const resting* one) {
    auto& candidate = *one->what;
    if (!candidate.looks_alive()) co_return false;
    if (monotonic() - one->since < unquestioned) co_return true;
    try {
        co_await with_timeout(patience, candidate.finish());  // an empty trip: the server answers the Sync
        co_return true;
    } catch (const croft::error&) {
        co_return false;
    }
}

/// A server that is being restarted is waited for.
task<std::unique_ptr<connection>> pool::connect() {
    const auto until = monotonic() + settings_->where.connect_timeout;
    for (duration pause = 20ms;; pause = std::min<duration>(pause * 2, 1s)) {
        try {
            co_return co_await connect_in_time();
        } catch (const connection_error&) {
            if (monotonic() + pause >= until) throw;
        }
        co_await sleep(pause);
        refuse_when_closed();
    }
}

task<std::unique_ptr<connection>> pool::connect_in_time() {
    auto fresh = std::make_unique<connection>(settings_);
    try {
        co_await with_timeout(settings_->where.connect_timeout, fresh->open());
    } catch (const timeout_error&) {
        throw connection_error(fmt::format("{}: the server can't be reached: no connection within {}", name(),
                                           to_text(settings_->where.connect_timeout)));
    }
    co_return std::move(fresh);
}

void pool::give_back(std::unique_ptr<connection> what, semaphore::permit turn) noexcept {
    try {
        if (what->broken() || what->altered()) return;
        if (what->clean())
            rest(std::move(what));
        else
            tasks_.spawn(restore(std::move(what), std::move(turn)));
    } catch (...) {  // no memory for it: closed
    }
}

void pool::rest(std::unique_ptr<connection> what) {
    what->set_writing(false);
    idle_.push_back({std::move(what), monotonic()});
    if (!closing_idle_ && idle_.size() > settings_->tuning.min_connections) {
        closing_idle_ = true;
        tasks_.spawn(close_idle());
    }
}

/// Stops and rolls back what was left unfinished; its turn is over only then.
task<> pool::restore(std::unique_ptr<connection> what, semaphore::permit turn) {
    runtime::locals() = {};
    const auto ends_later = std::move(turn);
    try {
        what->set_writing(false);
        co_await with_timeout(patience, make_clean(what.get()));
        if (what->clean() && !what->broken()) rest(std::move(what));
    } catch (const croft::error&) {  // closed, then
    }
}

task<> pool::close_idle() {
    runtime::locals() = {};
    const auto limit = settings_->tuning.idle_timeout;
    while (idle_.size() > settings_->tuning.min_connections) {
        const auto due = idle_.front().since + limit;
        if (due <= monotonic())
            idle_.pop_front();
        else
            co_await sleep(due - monotonic());
    }
    closing_idle_ = false;
}

task<> pool::close() {
    if (closed_) co_return;
    closed_ = true;
    std::vector<semaphore::permit> all;
    while (all.size() < limit_of(settings_->tuning)) all.push_back(co_await turns_.acquire());
    idle_.clear();
    tasks_.cancel();
    co_await tasks_.wait();
}

}  // namespace croft::db::postgres
