#include "db/sqlite/workers.hpp"

#include <pthread.h>

#include "base/linger.hpp"
#include "db/sqlite/log_syncer.hpp"

namespace croft::db::sqlite {

workers::workers(connection_settings settings, role as, std::size_t limit)
    : loop_(runtime::loop::current()), settings_(std::move(settings)), role_(as), limit_(limit == 0 ? 1 : limit) {}

workers::~workers() { stop(); }

void workers::submit(std::shared_ptr<job> work, const std::atomic<bool>* stop) {
    thread_slot* called = nullptr;
    loop_.begin_outside();
    loop_.expect_soon();
    {
        const std::lock_guard guard(lock_);
        const auto* const own = &work->abandoned();
        queue_.push_back({std::move(work), stop ? stop : own});
        has_work_.store(true, std::memory_order_relaxed);
        if (!idle_.empty()) {
            called = idle_.back();
            idle_.pop_back();
            called->called = true;
        } else if (threads_.size() < limit_) {
            auto& slot = threads_.emplace_back();
            slot.thread = std::thread([this, &slot] { serve(slot); });
        }
    }
    if (called) called->wake.notify_one();
}

void workers::stop() noexcept {
    {
        const std::lock_guard guard(lock_);
        stopping_ = true;
        has_work_.store(true, std::memory_order_relaxed);
        for (auto& slot : threads_) slot.wake.notify_one();
    }
    for (auto& slot : threads_)
        if (slot.thread.joinable()) slot.thread.join();
}

void workers::serve(thread_slot& self) {
    pthread_setname_np(pthread_self(), role_ == role::writer ? "croft-db-write" : "croft-db-read");
    std::unique_ptr<connection> on;
    std::unique_ptr<log_syncer> syncer;  // goes before the connection: the last one to close takes the log away
    order what;
    while (next(self, what)) {
        perform(what, on);
        if (!on || !on->take_unsynced()) {
            loop_.finish(std::move(what.work));
            continue;
        }
        if (!syncer) syncer = std::make_unique<log_syncer>(loop_, settings_.name);
        syncer->add(std::move(what.work), on->log_file());
    }
}

/// Waits for work; false when there is none left and there will be none.
bool workers::next(thread_slot& self, order& into) {
    if (role_ == role::writer) linger_until([&] { return has_work_.load(std::memory_order_relaxed); });
    std::unique_lock guard(lock_);
    while (queue_.empty()) {
        if (stopping_) return false;
        self.called = false;
        idle_.push_back(&self);
        self.wake.wait(guard, [&] { return self.called || stopping_; });
    }
    into = std::move(queue_.front());
    queue_.pop_front();
    has_work_.store(stopping_ || !queue_.empty(), std::memory_order_relaxed);
    return true;
}

void workers::perform(const order& what, std::unique_ptr<connection>& on) {
    if (on && !on->usable()) on.reset();
    try {
        if (!on) on = std::make_unique<connection>(settings_, role_);
        what.work->use(*on);
    } catch (...) {
        what.work->use(std::current_exception());
    }
    if (on) on->watch(what.stop);
    what.work->execute();
    if (on) on->watch(nullptr);
}

}  // namespace croft::db::sqlite
