// What the tests of durable jobs share: jobs that do what a test says, and apps that run them.
#pragma once

#include "croft/events.hpp"
#include "croft/job.hpp"
#include "support.hpp"
#include "work/worker.hpp"

struct Email {
    std::string to, subject = "Hello";
    std::vector<std::string> copies = {};
    std::optional<int> size = {};
};
struct Order {
    std::int64_t id = 0;
    std::string buyer;
};
CROFT_MODEL(Order);

// Queues: mail (two at a time) and slow (ten a minute).
extern const croft::job<Email> send_email;
extern const croft::job<Email> thrice;  // three attempts of ten minutes
extern const croft::job<croft::nothing> tidy_up;
extern const croft::job<Email> newer;  // version 2

namespace croft::work {

/// What these jobs do, and what they were given; set by each test.
struct scene {
    std::vector<std::string> log;
    std::function<task<>(std::string to)> behave;
};
extern scene now_on;

/// An app's worker. Destroyed without stop(), it is as if the process had been killed.
struct running_worker {
    explicit running_worker(db::database& base, worker_options options = {}) : jobs(base, check_jobs(), options) {
        all.spawn(jobs.run());
    }
    worker jobs;
    group all;
};

struct job_test : work_test {
    job_test() { now_on = {}; }
    ~job_test() override { now_on = {}; }
    std::vector<std::string>& log = now_on.log;

    /// Runs `body` with a database that has all tables, as the current one.
    void with_jobs(std::function<task<>(db::database&)> body) {
        with_database([&](db::database& base) -> task<> {
            co_await migrations::make_tables(&base, all_models());
            co_await body(base);
        });
    }
};

inline task<croft_job> job_row(std::int64_t id) { return get<croft_job>(id); }
inline task<std::string> state_of(std::int64_t id) { co_return (co_await get<croft_job>(id)).state; }
inline task<std::vector<croft_job_attempt>> attempts_of(std::int64_t id) {
    return query<croft_job_attempt>()
        .where(f<&croft_job_attempt::job> == id)
        .order_by(f<&croft_job_attempt::id>)
        .list();
}

}  // namespace croft::work
