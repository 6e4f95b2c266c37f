// Coroutines: task<T>, sleep, all, with_timeout, group, event, semaphore, offload.
//
// A task is lazy: it runs when it is awaited or spawned, on the app's one loop. As in asyncio, code between two awaits
// is never interrupted, so there are no locks in user code.
//
//     croft::task<int> answer() { co_await croft::sleep(1s); co_return 42; }
//     croft::task<> both() { auto [a, b] = co_await croft::all(answer(), answer()); }
//
// What happens when …
//   a task throws           the exception arrives where it is awaited; in a group the others are cancelled, and
//                           group::wait() rethrows it.
//   a task is cancelled     its frames are destroyed while they are suspended, innermost first: destructors run, no
//                           code after the await does. There is no exception to swallow.
//   a group ends first      (by return or exception) what still runs in it is destroyed then and there: no task
//                           outlives its group.
// Coroutines take parameters by value. Everything here belongs to the loop's thread, offload() apart.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "croft/clock.hpp"
#include "croft/error.hpp"
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

/// A flag that tasks wait for. Stays set until reset().
class event {
public:
    event() = default;
    event(const event&) = delete;
    event& operator=(const event&) = delete;

    /// Wakes all that wait. Loop thread only.
    void set() noexcept;
    void reset() noexcept { set_ = false; }
    bool is_set() const noexcept { return set_; }

    class [[nodiscard]] awaiter : runtime::waiter {
    public:
        awaiter(event& owner, std::optional<duration> limit) noexcept : owner_(owner), limit_(limit) {}
        bool await_ready() const noexcept { return owner_.set_; }
        void await_suspend(std::coroutine_handle<> frame) {
            suspend(frame);
            owner_.waiting_.push_back(*this);
            if (limit_) timer_.start(*limit_, *this);
        }
        /// True when the event was set, false when the time ran out first.
        bool await_resume() const noexcept { return !timer_.fired(); }

    private:
        event& owner_;
        std::optional<duration> limit_;
        runtime::timer timer_;
    };
    /// co_await e.wait(): until the event is set.
    awaiter wait() noexcept { return {*this, std::nullopt}; }
    /// co_await e.wait_for(1s): true when it was set, false when the time ran out first.
    template <class Rep, class Period>
    awaiter wait_for(std::chrono::duration<Rep, Period> limit) noexcept {
        return {*this, std::chrono::ceil<duration>(limit)};
    }

private:
    runtime::links waiting_;
    bool set_ = false;
};

/// A fixed number of permits, handed out first come, first served.
class semaphore {
public:
    explicit semaphore(std::size_t permits) noexcept : free_(permits) {}
    semaphore(const semaphore&) = delete;
    semaphore& operator=(const semaphore&) = delete;

    /// Gives its permit back when it goes out of scope. The semaphore must outlive it.
    class [[nodiscard]] permit {
    public:
        explicit permit(semaphore& owner) noexcept : owner_(&owner) {}
        permit(permit&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
        permit& operator=(permit&& other) noexcept {
            std::swap(owner_, other.owner_);
            return *this;
        }
        ~permit() {
            if (owner_) owner_->give_back();
        }

    private:
        semaphore* owner_;
    };

    class [[nodiscard]] awaiter : runtime::waiter {
    public:
        explicit awaiter(semaphore& owner) noexcept : owner_(owner) {}
        ~awaiter() {
            if (granted_) owner_.give_back();  // destroyed between being granted and being resumed
        }
        bool await_ready() noexcept {
            if (owner_.free_ == 0) return false;
            --owner_.free_;
            return granted_ = true;
        }
        void await_suspend(std::coroutine_handle<> frame) noexcept {
            suspend(frame);
            owner_.waiting_.push_back(*this);
        }
        permit await_resume() noexcept {
            granted_ = false;
            return permit(owner_);
        }

    private:
        friend class semaphore;
        semaphore& owner_;
        bool granted_ = false;
    };
    /// auto permit = co_await s.acquire();
    awaiter acquire() noexcept { return awaiter(*this); }

private:
    void give_back() noexcept;
    runtime::links waiting_;
    std::size_t free_;
};

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

/// Runs `main` on a loop of its own until it is done, and gives its result or throws what it threw. For programs
/// without croft::main, and for tests. The calling thread is the loop's.
void run(task<> main, clock& time = machine_clock());

template <class T>
T run(task<T> main, clock& time = machine_clock()) {
    runtime::outcome<T> result;
    run(runtime::store_into(std::move(main), &result), time);
    return result.take();
}

}  // namespace croft
