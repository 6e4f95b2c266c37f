// Several tasks at the same time: group, all, with_timeout.
#pragma once

#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "croft/error.hpp"
#include "croft/sync.hpp"

namespace croft {

/// Tasks that run at the same time and end together.
///
///     croft::group g;
///     g.spawn(poll());
///     co_await g.wait();
class group {
public:
    group() = default;
    group(const group&) = delete;
    group& operator=(const group&) = delete;
    /// Destroys what still runs. Must not be called from inside one of its own tasks (ends the program: a bug).
    ~group();

    /// Starts `work` at the loop's next turn.
    /// Throws croft::error outside of a running loop.
    void spawn(task<> work);
    /// The same for a callable that gives a task<>; the callable (and so its captures) lives as long as the task.
    template <class F>
        requires std::is_same_v<std::invoke_result_t<F&>, task<>>
    void spawn(F work) {
        spawn(keep(std::move(work)));
    }
    /// Destroys every task now in the group, at the loop's next turn; wait() then returns.
    void cancel() noexcept;
    /// How many still run.
    std::size_t size() const noexcept { return size_; }

    class [[nodiscard]] awaiter : runtime::waiter {
    public:
        explicit awaiter(group& owner) noexcept : owner_(owner) {}
        bool await_ready() const noexcept { return owner_.size_ == 0; }
        void await_suspend(std::coroutine_handle<> frame) noexcept {
            suspend(frame);
            owner_.idle_.push_back(*this);
        }
        void await_resume() const { owner_.rethrow(); }

    private:
        group& owner_;
    };
    /// Until nothing runs in the group any more. Rethrows the first failure; the others were cancelled by it.
    awaiter wait() noexcept { return awaiter(*this); }

private:
    friend class runtime::loop;
    template <class F>
    static task<> keep(F work) {
        co_await work();
    }
    void rethrow();
    void ended(runtime::fiber& child) noexcept;
    void destroy(runtime::fiber& child) noexcept;

    runtime::links children_;
    runtime::links idle_;
    runtime::links cancelling_;  // in the loop's list of groups to be cancelled
    std::size_t size_ = 0;
    std::exception_ptr failure_;
};

namespace runtime {

/// A task's result or failure, kept for somebody who asks later.
template <class T>
struct outcome {
    using stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;
    std::optional<stored> value;
    std::exception_ptr failure;
    stored take() {
        if (failure) std::rethrow_exception(failure);
        return std::move(*value);
    }
};

/// Runs `work`, keeps what came of it in *result, then sets *done (where given). Failures are kept, not thrown.
template <class T>
task<> settle_into(task<T> work, outcome<T>* result, event* done) {
    try {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(work);
            result->value.emplace();
        } else {
            result->value.emplace(co_await std::move(work));
        }
    } catch (...) {
        result->failure = std::current_exception();
    }
    if (done) done->set();
}

/// Runs `work` and keeps its value in *result; a failure is thrown on.
template <class T>
task<> store_into(task<T> work, outcome<T>* result) {
    if constexpr (std::is_void_v<T>) {
        co_await std::move(work);
        result->value.emplace();
    } else {
        result->value.emplace(co_await std::move(work));
    }
}

}  // namespace runtime

/// Runs tasks at the same time and gives their results in order (std::monostate for a task<>). If one throws, the
/// others are cancelled and its exception is thrown.
///
///     auto [cheap, count] = co_await croft::all(cheap_items(), count_items());
template <class... T>
task<std::tuple<typename runtime::outcome<T>::stored...>> all(task<T>... work) {
    std::tuple<runtime::outcome<T>...> results;
    group children;
    std::apply([&](auto&... result) { (children.spawn(runtime::store_into(std::move(work), &result)), ...); }, results);
    co_await children.wait();
    co_return std::apply(
        [](auto&... result) { return std::tuple<typename runtime::outcome<T>::stored...>(result.take()...); }, results);
}

/// The same for a number of tasks known at run time.
template <class T>
task<std::vector<typename runtime::outcome<T>::stored>> all(std::vector<task<T>> work) {
    std::vector<runtime::outcome<T>> results(work.size());
    group children;
    for (std::size_t i = 0; i < work.size(); ++i) children.spawn(runtime::store_into(std::move(work[i]), &results[i]));
    co_await children.wait();
    std::vector<typename runtime::outcome<T>::stored> values;
    values.reserve(results.size());
    for (auto& result : results) values.push_back(result.take());
    co_return values;
}

/// Awaits `work` for at most `limit`. Throws timeout_error when that is over; the work is cancelled first.
template <class T>
task<T> with_timeout(duration limit, task<T> work) {
    runtime::outcome<T> result;
    event done;
    group child;
    child.spawn(runtime::settle_into(std::move(work), &result, &done));
    if (!co_await done.wait_for(limit))
        throw timeout_error("not done within " + std::to_string(limit.count() / 1000) + " ms");
    if constexpr (std::is_void_v<T>)
        result.take();
    else
        co_return result.take();
}

}  // namespace croft
