// What becomes of jobs in the database. All of it throws db::error.
//
// Everything goes to the current database of the calling task, and into its transaction. Loop thread only.
#pragma once

#include <string>
#include <vector>

#include "croft/task.hpp"
#include "croft/transaction.hpp"
#include "work/job_sql.hpp"
#include "work/job_tables.hpp"

namespace croft::work::job_store {

/// A transaction may lock jobs in any order, by enqueueing others after them, while a worker ends these: a deadlock,
/// where one of the two is run again.
inline constexpr transaction_options retried{.retries = 5};

/// A job that was taken to be run.
struct claimed {
    std::int64_t id = 0;
    std::string name, arguments;
    int version = 1, attempt = 1, attempts = 1, rank = 0;
    time_point enqueued_at{};
};
task<std::vector<claimed>> claim(job_sql::claim_of what);

/// How one attempt ended.
struct ended {
    std::int64_t id = 0;
    std::string name{};
    std::string state;  // as in job_sql::ending
    duration keep{};
    time_point run_at{};
    std::string error;
    bool counts = true;
    bool noted = false;  // whether `record` is worth keeping
    bool begun = false;  // whether keep_log() may have stored it
    croft_job_attempt record{};
};
struct end_report {
    std::vector<std::int64_t> ids;  // of those that were still this worker's; the others are left alone
    bool scheduled = false;         // whether something is scheduled now: one of these, or what waited for them
};
/// Stores all of them, and what follows from them for jobs that wait.
task<end_report> end(std::vector<ended> all, std::string worker, time_point now);

/// What an attempt has logged so far, as a row of its own; nothing when it has ended meanwhile, or is locked: a
/// transaction of the job's own has changed its row.
task<> keep_log(croft_job_attempt record);

/// Jobs that died with their process become lost or dead; notes the attempts.
struct loss {
    std::int64_t id = 0;
    std::string name;
    bool dead = false;
};
task<std::vector<loss>> lose(int most, time_point now);

/// For the operator, and for code. Each gives false when the job isn't in a state for it.
task<bool> cancel(std::int64_t id, std::string why);
/// A dead, cancelled or done job begins anew, with all its attempts; a scheduled or lost one begins now.
task<bool> retry(std::int64_t id);
/// Deletes a job that isn't under way.
task<bool> drop(std::int64_t id);
task<> set_queue_paused(std::string queue, bool paused);

}  // namespace croft::work::job_store
