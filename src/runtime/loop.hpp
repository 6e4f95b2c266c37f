// The event loop: one thread that resumes coroutines, fires timers and runs Asio's completions.
//
//     runtime::loop loop(machine_clock());
//     loop.run(main_task());
//
// All members are for the loop's thread, except post() and submit(), which any thread may call while the loop lives.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "croft/task.hpp"

namespace croft::runtime {

class loop {
public:
    explicit loop(clock& time = machine_clock());
    ~loop();
    loop(const loop&) = delete;
    loop& operator=(const loop&) = delete;

    /// The loop of this thread. Throws croft::error where none runs.
    static loop& current();

    /// Runs until `main` is done; rethrows what it threw. What other groups still hold is left to their owners.
    void run(task<> main);

    clock& time() noexcept { return clock_; }
    boost::asio::io_context& io() noexcept { return io_; }

    /// Any thread: calls `fn` on the loop's thread.
    template <class F>
    void post(F fn) {
        boost::asio::post(io_, std::move(fn));
    }

    /// Any thread: the loop counts `work` as under way until finish(work) was called.
    void begin_outside() noexcept { ++outside_; }
    /// What has been begun outside may be over within a moment: worth looking out for before the thread sleeps.
    void expect_soon() noexcept { expects_soon_ = true; }
    /// The other thread is done with `work`: wakes the task that waits for it.
    void finish(std::shared_ptr<remote_work> work) {
        post([this, work = std::move(work)] {
            --outside_;
            work->arrived();
        });
    }
    /// Loop thread: an operation begun with begin_outside() is over.
    void end_outside() noexcept { --outside_; }

    /// Runs `work` on a worker thread, then finish()es it.
    void submit(std::shared_ptr<remote_work> work);

    /// Until nothing can run: no ready coroutine, nothing under way outside, only sleepers and listeners left.
    /// Meant for tests with a virtual clock.
    class [[nodiscard]] settle_awaiter : waiter {
    public:
        explicit settle_awaiter(loop& owner) noexcept : owner_(owner) {}
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> frame) noexcept {
            suspend(frame);
            owner_.settling_.push_back(*this);
        }
        void await_resume() const noexcept {}

    private:
        loop& owner_;
    };
    settle_awaiter settle() noexcept { return settle_awaiter(*this); }

    /// When the next sleeper is due, on the clock's monotonic(); nothing when nobody sleeps.
    std::optional<duration> next_deadline() const;

private:
    friend class waiter;
    friend class timer;
    friend class croft::group;
    struct entry {
        duration deadline;
        std::uint64_t order;
        timer* who;
    };

    void turn();
    void run_ready();
    void fire_timers();
    void cancel_groups();
    void wait_for_events();
    void resume(waiter& who);
    void add(timer& who, duration deadline);
    void remove(timer& who) noexcept;
    void place(std::size_t index, entry item) noexcept;
    void sift_up(std::size_t index) noexcept;
    void sift_down(std::size_t index) noexcept;
    static bool earlier(const entry& a, const entry& b) noexcept {
        return a.deadline != b.deadline ? a.deadline < b.deadline : a.order < b.order;
    }

    class workers;

    clock& clock_;
    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_{io_.get_executor()};
    links ready_;
    links settling_;
    links cancelling_;
    std::vector<entry> timers_;
    std::uint64_t order_ = 0;
    std::size_t outside_ = 0;
    bool expects_soon_ = false;
    std::unique_ptr<workers> workers_;
    thread_state before_;  // what this thread had before the loop was made
};

/// Gives back what take_frame() would use again.
void clear_left_frames() noexcept;

/// What the current task inherited and hands on to the tasks it spawns. Throws croft::error outside of a task.
inherited& locals();

/// Sets one inherited value for a scope of the current task.
template <class T>
class scoped_local {
public:
    scoped_local(T inherited::* member, T value)
        : target_(&locals()), member_(member), before_(std::exchange(locals().*member, std::move(value))) {}
    ~scoped_local() { target_->*member_ = std::move(before_); }
    scoped_local(const scoped_local&) = delete;
    scoped_local& operator=(const scoped_local&) = delete;

private:
    inherited* target_;
    T inherited::* member_;
    T before_;
};

}  // namespace croft::runtime
