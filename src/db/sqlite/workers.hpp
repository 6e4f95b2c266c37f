// Threads with a connection each, that share one queue. One writes; several read.
//
//     auto rows = co_await call(&readers, [](connection& c) { return c.run({"SELECT 1"}, access::read); });
//
// Members are for the loop's thread. Threads and their connections are made when there is work that nobody idle can
// take. The thread that became idle last works next: its caches are warm.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "db/sqlite/job.hpp"

namespace croft::db::sqlite {

class workers {
public:
    workers(connection_settings settings, role as, std::size_t limit);
    workers(const workers&) = delete;
    workers& operator=(const workers&) = delete;
    /// Finishes what was submitted (what nobody waits for any more is skipped), then ends the threads.
    ~workers();

    /// `stop`, which must live as long as the job, cuts its statements short when it becomes true; without one they
    /// are cut short when the job is abandoned.
    void submit(std::shared_ptr<job> work, const std::atomic<bool>* stop = nullptr);
    /// Ends the threads as the destructor does. Any thread, once.
    void stop() noexcept;

private:
    struct order {
        std::shared_ptr<job> work;
        const std::atomic<bool>* stop;
    };
    struct thread_slot {
        std::condition_variable wake;
        bool called = false;
        std::thread thread;
    };

    void serve(thread_slot& self);
    bool next(thread_slot& self, order& into);
    void perform(const order& what, std::unique_ptr<connection>& on);

    runtime::loop& loop_;
    const connection_settings settings_;
    const role role_;
    const std::size_t limit_;
    std::mutex lock_;
    std::deque<order> queue_;  // under lock_, as all below
    std::vector<thread_slot*> idle_;
    std::deque<thread_slot> threads_;  // grown on the loop's thread only
    bool stopping_ = false;
    std::atomic<bool> has_work_ = false;  // work in the queue, or stopping: for a look without the lock
};

/// Abandons a job when the task that waits for it goes.
struct abandon_at_exit {
    std::shared_ptr<job> work;
    explicit abandon_at_exit(std::shared_ptr<job> waited_for) : work(std::move(waited_for)) {}
    abandon_at_exit(const abandon_at_exit&) = delete;
    abandon_at_exit& operator=(const abandon_at_exit&) = delete;
    ~abandon_at_exit() { work->abandon(); }
};

/// Runs `work` with one of the connections and gives its result.
template <class F, class T = std::invoke_result_t<F&, connection&>>
task<T> call(workers* by, F work, const std::atomic<bool>* stop = nullptr) {
    auto submitted = std::make_shared<job_of<F>>(std::move(work));
    const abandon_at_exit guard(submitted);
    by->submit(submitted, stop);
    co_await runtime::remote_work::awaiter(submitted);
    if constexpr (std::is_void_v<T>)
        submitted->take();
    else
        co_return submitted->take();
}

}  // namespace croft::db::sqlite
