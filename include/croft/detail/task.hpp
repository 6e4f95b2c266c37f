// Tasks and what they are made of: a task's promise and frame, the lists that suspended ones wait in, timers.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "croft/time.hpp"

namespace croft {

template <class T = void>
class task;
class group;

namespace db {
class database;
class transaction_state;
}  // namespace db
namespace scrape {
class client;
}
namespace work {
struct run_info;
}

namespace runtime {

class loop;
struct fiber;

/// What a spawned task inherits from the one that spawned it: how `query<Item>()` finds its database without being
/// told. The layers above set these; this layer only hands them on.
struct inherited {
    db::database* database = nullptr;
    scrape::client* client = nullptr;
    std::shared_ptr<db::transaction_state> transaction;  // the open transaction
    std::shared_ptr<work::run_info> run;                 // the task run this belongs to
};

/// The state of the thread that runs a loop. `next` makes long chains of completions flat: a frame that ends names its
/// continuation here, and the loop resumes it, instead of one frame resuming another down the stack.
struct thread_state {
    std::coroutine_handle<> next{};
    fiber* current = nullptr;
    fiber* finished = nullptr;
    loop* active = nullptr;
};
extern constinit thread_local thread_state here;

/// Links of the lists that suspended coroutines wait in.
struct links {
    links* prev = this;
    links* next = this;
    bool linked() const noexcept { return next != this; }
    void unlink() noexcept {
        prev->next = next, next->prev = prev;
        prev = next = this;
    }
    void push_back(links& node) noexcept {
        node.prev = prev, node.next = this;
        prev->next = &node, prev = &node;
    }
};

/// A place where a coroutine is suspended. It lives in the coroutine's frame; its destructor takes it out of whatever
/// list it waits in, which is what makes destroying a suspended task safe.
class waiter : public links {
public:
    waiter() = default;
    waiter(const waiter&) = delete;
    waiter& operator=(const waiter&) = delete;
    ~waiter() { unlink(); }

    void suspend(std::coroutine_handle<> frame) noexcept { frame_ = frame, fiber_ = here.current; }
    /// Resumes the coroutine at the loop's next turn. Does nothing when it was woken already.
    void wake() noexcept;

private:
    friend class loop;
    friend class croft::group;
    std::coroutine_handle<> frame_{};
    fiber* fiber_ = nullptr;
};

/// A deadline in the loop's timer heap; wakes its target when it comes.
class timer {
public:
    timer() = default;
    timer(const timer&) = delete;
    timer& operator=(const timer&) = delete;
    ~timer() { stop(); }
    void start(duration after, waiter& target);
    void stop() noexcept;
    bool fired() const noexcept { return fired_; }

private:
    friend class loop;
    static constexpr std::size_t idle = static_cast<std::size_t>(-1);
    waiter* target_ = nullptr;
    loop* loop_ = nullptr;
    std::size_t index_ = idle;
    bool fired_ = false;
};

/// One spawned task.
struct fiber : links {
    group* owner = nullptr;
    std::coroutine_handle<> root{};
    bool doomed = false;
    inherited locals;
    waiter start;
    std::exception_ptr (*failure)(std::coroutine_handle<>) noexcept = nullptr;
};

/// Memory of a coroutine's frame: out of what ended ones left to this thread.
void* take_frame(std::size_t size);
void leave_frame(void* frame, std::size_t size) noexcept;

struct promise_base {
    static void* operator new(std::size_t size) { return take_frame(size); }
    static void operator delete(void* frame, std::size_t size) noexcept { leave_frame(frame, size); }

    std::coroutine_handle<> continuation{};
    fiber* root_of = nullptr;
    bool started_inline = false;
    std::exception_ptr failure{};

    struct final_awaiter {
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> frame) const noexcept {
            promise_base& promise = frame.promise();
            if (promise.started_inline) return;  // the awaiting frame is on the stack and looks for itself
            if (promise.root_of)
                here.finished = promise.root_of;
            else
                here.next = promise.continuation;
        }
        void await_resume() const noexcept {}
    };

    std::suspend_always initial_suspend() const noexcept { return {}; }
    final_awaiter final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { failure = std::current_exception(); }
};

template <class T>
struct promise : promise_base {
    std::optional<T> value;
    task<T> get_return_object() noexcept;
    template <class U = T>  // T: for co_return {a, b};
        requires std::is_constructible_v<T, U&&>
    void return_value(U&& result) {
        value.emplace(std::forward<U>(result));
    }
    T take() {
        if (failure) std::rethrow_exception(std::move(failure));
        return std::move(*value);
    }
};

template <>
struct promise<void> : promise_base {
    task<void> get_return_object() noexcept;
    void return_void() const noexcept {}
    void take() {
        if (failure) std::rethrow_exception(std::move(failure));
    }
};

}  // namespace runtime

/// A coroutine that gives one T, later. Move-only; await it once. Destroying it destroys the coroutine.
template <class T>
class [[nodiscard("a task does nothing until it is awaited or spawned")]] task {
public:
    using promise_type = runtime::promise<T>;
    using value_type = T;
    using handle = std::coroutine_handle<promise_type>;

    task(task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
    task& operator=(task&& other) noexcept {
        if (this != &other) {
            if (frame_) frame_.destroy();
            frame_ = std::exchange(other.frame_, {});
        }
        return *this;
    }
    ~task() {
        if (frame_) frame_.destroy();
    }

    struct awaiter {
        handle frame;
        bool await_ready() const noexcept { return false; }
        bool await_suspend(std::coroutine_handle<> parent) const {
            auto& promise = frame.promise();
            promise.continuation = parent;
            promise.started_inline = true;
            frame.resume();
            promise.started_inline = false;
            return !frame.done();
        }
        T await_resume() const { return frame.promise().take(); }
    };
    awaiter operator co_await() && noexcept { return {frame_}; }

private:
    friend promise_type;
    friend class group;
    explicit task(handle frame) noexcept : frame_(frame) {}
    handle frame_;
};

template <class T>
task<T> runtime::promise<T>::get_return_object() noexcept {
    return task<T>(task<T>::handle::from_promise(*this));
}
inline task<void> runtime::promise<void>::get_return_object() noexcept {
    return task<void>(task<void>::handle::from_promise(*this));
}

namespace runtime {

class [[nodiscard]] sleep_awaiter : waiter {
public:
    explicit sleep_awaiter(duration pause) noexcept : pause_(pause) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> frame) {
        suspend(frame);
        timer_.start(pause_, *this);
    }
    void await_resume() const noexcept {}

private:
    duration pause_;
    timer timer_;
};

}  // namespace runtime

/// Lets others run for at least `pause` of the loop's clock; zero or less: one turn of the loop.
template <class Rep, class Period>
runtime::sleep_awaiter sleep(std::chrono::duration<Rep, Period> pause) {
    return runtime::sleep_awaiter(std::chrono::ceil<duration>(pause));
}

}  // namespace croft
