// Work for other threads: offload.
#pragma once

#include "croft/group.hpp"

namespace croft {

namespace runtime {

/// Work done on another thread, and the task that waits for it. Shared by both; the waiter may go first.
class remote_work {
public:
    virtual ~remote_work() = default;
    /// On the other thread: does the work. Exceptions are kept for the waiting task.
    virtual void execute() noexcept = 0;
    /// On the loop's thread: the work is done.
    void arrived() noexcept {
        arrived_ = true;
        if (target_) target_->wake();
    }

    class [[nodiscard]] awaiter : waiter {
    public:
        explicit awaiter(std::shared_ptr<remote_work> work) noexcept : work_(std::move(work)) {}
        ~awaiter() { work_->target_ = nullptr; }
        bool await_ready() const noexcept { return work_->arrived_; }
        void await_suspend(std::coroutine_handle<> frame) noexcept {
            suspend(frame);
            work_->target_ = this;
        }
        void await_resume() const noexcept {}

    private:
        std::shared_ptr<remote_work> work_;
    };

private:
    waiter* target_ = nullptr;
    bool arrived_ = false;
};

template <class F>
class remote_call final : public remote_work {
public:
    using result = std::invoke_result_t<F&>;
    explicit remote_call(F work) : work_(std::move(work)) {}
    void execute() noexcept override {
        try {
            if constexpr (std::is_void_v<result>) {
                (*work_)();
                outcome_.value.emplace();
            } else {
                outcome_.value.emplace((*work_)());
            }
        } catch (...) {
            outcome_.failure = std::current_exception();
        }
        work_.reset();  // captures die on the thread that used them
    }
    auto take() { return outcome_.take(); }

private:
    std::optional<F> work_;
    outcome<result> outcome_;
};

/// Hands `work` to the worker threads; arrived() is then called on this loop's thread.
void submit_to_workers(std::shared_ptr<remote_work> work);

}  // namespace runtime

/// Runs a plain callable on a worker thread, so that slow or blocking work doesn't hold up the loop. It must not touch
/// anything of the loop's; captures by value. Cancelling the waiting task doesn't interrupt it: its result is dropped.
///
///     auto rates = co_await croft::offload([weights] { return simulate_drops(weights); });
template <class F>
task<std::invoke_result_t<F&>> offload(F work) {
    auto call = std::make_shared<runtime::remote_call<F>>(std::move(work));
    runtime::submit_to_workers(call);
    co_await runtime::remote_work::awaiter(call);
    if constexpr (std::is_void_v<std::invoke_result_t<F&>>)
        call->take();
    else
        co_return call->take();
}

}  // namespace croft
