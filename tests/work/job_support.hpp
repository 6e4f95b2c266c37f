// What the tests of durable jobs share: the jobs of tests/work/jobs.cpp's like, and apps that run them.
#pragma once

#include "croft/events.hpp"
#include "croft/job.hpp"
#include "support.hpp"
#include "work/worker.hpp"

namespace croft::work {

/// An app's worker. Destroyed without stop(), it is as if the process had been killed.
struct running_worker {
    explicit running_worker(db::database& base, worker_options options = {}) : jobs(base, check_jobs(), options) {
        all.spawn(jobs.run());
    }
    worker jobs;
    group all;
};

struct job_test : work_test {
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
