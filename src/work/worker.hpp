// The worker: takes jobs from their queues, runs them, and stores what came of it, many at a time.
//
//     work::worker jobs(*base, work::check_jobs());
//     app.spawn(jobs.run());
//     …
//     co_await jobs.stop(10s);
//
// What is promised is written in croft/job.hpp. One transaction does it all: it stores what has ended since the last
// one and takes what there is room for. A job belongs to the worker whose name its row bears while it is running; every
// statement that ends one says so, and what isn't ours any more is left alone. Loop thread only; it must be gone before
// the database.
#pragma once

#include <map>
#include <memory>
#include <random>
#include <set>

#include "croft/log.hpp"
#include "work/job_registry.hpp"
#include "work/job_run.hpp"
#include "work/job_store.hpp"
#include "work/lease.hpp"
#include "work/news.hpp"

namespace croft::work {

struct worker_options {
    /// How often it looks whether others have enqueued something, cancelled something, or died.
    duration poll = 1s;
    /// What retries' jitter is drawn from.
    std::uint64_t seed = std::random_device{}();
    /// Who doesn't show a sign of life for so long is dead: see lease.hpp.
    duration patience = 4s;
    /// A job that was under way in so many deaths is dead.
    int most_lost = 3;
};

class worker {
public:
    worker(db::database& base, job_book book, worker_options options = {});
    ~worker();
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    /// Runs jobs until stop().
    task<> run();
    /// Takes no more; what is under way gets up to `grace`, then it is cancelled and given back, to be begun again by
    /// the next start. Returns when nothing is left marked as running (or the database refuses to store that).
    task<> stop(duration grace);

private:
    struct active;
    class looping;

    // worker.cpp
    void hear(news what);
    task<> sync();
    task<> exchange(std::vector<job_store::ended> ended);
    task<int> allowed_by_rate(std::string queue, queue_options options, int wanted);
    task<> note_rate(std::string queue, int taken);
    duration pause_until_next() const;
    int free_places(const std::string& queue, const queue_options& options) const;

    // worker_watch.cpp: others, and time
    task<> listen();
    task<> watch();
    task<> look();
    task<> take_up_lost();
    void drop_taken(std::set<std::int64_t> ours, std::uint64_t before);
    task<> prune();
    void give_up_all();

    // worker_run.cpp: one job
    void begin(job_store::claimed what, bool suspect, const std::string& queue);
    task<> carry_out(active* one);
    void judge(active& one, const runtime::outcome<void>& result);
    void judge_failure(active& one, const std::exception_ptr& failure, std::string outcome, std::string error);
    void put_back(const job_store::claimed& what, duration pause);
    job_store::ended ending_of(const active& one, std::string state) const;
    void note_end(const active& one, job_store::ended what);
    void keep_line(const log::line& line);
    croft_job_attempt record_of(const active& one) const;
    task<> write_logs();

    db::database& base_;
    job_book book_;
    worker_options options_;
    lease lease_;
    std::minstd_rand chance_;
    std::map<std::uint64_t, std::unique_ptr<active>>
        active_;                           // by their number: a job may be here twice, once given up
    std::map<std::string, int> in_queue_;  // how many are under way in each
    std::vector<job_store::ended> endings_;
    std::set<std::string, std::less<>> paused_, unknown_;
    std::optional<time_point> next_due_, rate_due_;
    bool lost_ones_ = true;  // whether there may be some
    bool promote_ = true;
    int suspects_ = 0;  // lost jobs under way
    std::uint64_t counter_ = 0;
    int failures_ = 0;
    std::optional<duration> held_until_;
    runtime::loop* loop_ = nullptr;
    group* runs_ = nullptr;  // run()'s own, so that nothing outlives it; its hooks, too
    group* hooks_ = nullptr;
    ear* hearing_ = nullptr;
    bool stopping_ = false, ending_ = false;
    duration last_beat_{-1h};
    duration last_prune_{};
    event wake_, look_now_, idle_, finished_, spoke_;
    log::observer keep_lines_;
};

}  // namespace croft::work
