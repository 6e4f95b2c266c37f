// Work for a connection's thread, and the task that waits for it.
#pragma once

#include <atomic>
#include <functional>

#include "db/sqlite/connection.hpp"
#include "runtime/loop.hpp"

namespace croft::db::sqlite {

class job : public runtime::remote_work {
public:
    /// Before execute(), on the connection's thread: the connection, or why there is none.
    void use(connection& on) noexcept { on_ = &on; }
    void use(std::exception_ptr failure) noexcept { unconnected_ = std::move(failure); }
    /// Instead of finish(): what it did isn't safe.
    virtual void fail(std::exception_ptr why) noexcept = 0;
    /// Nobody waits for it any more: it is skipped, or stopped where it may be.
    void abandon() noexcept { abandoned_.store(true, std::memory_order_relaxed); }
    const std::atomic<bool>& abandoned() const noexcept { return abandoned_; }

protected:
    connection* on_ = nullptr;
    std::exception_ptr unconnected_;

private:
    std::atomic<bool> abandoned_ = false;
};

/// What becomes of a job that is abandoned before it has begun.
enum class abandoned_job : std::uint8_t { is_skipped, runs };

template <class F>
class job_of final : public job {
public:
    using result = std::invoke_result_t<F&, connection&>;
    explicit job_of(F work, abandoned_job then = abandoned_job::is_skipped)
        : work_(std::move(work)), runs_always_(then == abandoned_job::runs) {}

    void execute() noexcept override {
        if (unconnected_) {
            outcome_.failure = std::move(unconnected_);
        } else if (runs_always_ || !abandoned().load(std::memory_order_relaxed)) {
            try {
                if constexpr (std::is_void_v<result>) {
                    (*work_)(*on_);
                    outcome_.value.emplace();
                } else {
                    outcome_.value.emplace((*work_)(*on_));
                }
            } catch (...) {
                outcome_.failure = std::current_exception();
            }
        }
        work_.reset();  // what it captured dies on the thread that used it
    }
    void fail(std::exception_ptr why) noexcept override {
        if (!outcome_.failure) outcome_.failure = std::move(why);
    }
    auto take() { return outcome_.take(); }

private:
    std::optional<F> work_;
    bool runs_always_;
    runtime::outcome<result> outcome_;
};

}  // namespace croft::db::sqlite
