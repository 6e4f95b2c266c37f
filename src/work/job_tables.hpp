// The tables of durable jobs. They are plain: SELECT * FROM croft_job WHERE state = 'dead' is a fair question.
#pragma once

#include "croft/model.hpp"

namespace croft::work {

struct croft_job {
    std::int64_t id = 0;
    std::string name;  // "shop.send_email"
    std::string queue = "default";
    // scheduled: until run_at   waiting: for a place     held: for other jobs    lost: its process died; waits for a
    // place running                   done   cancelled   dead: out of attempts
    std::string state = "waiting";
    std::int32_t rank = 0;  // minus its priority: what runs first has the lowest
    time_point run_at{};
    std::string arguments = "{}";  // JSON
    std::int32_t version = 1;      // of the arguments
    std::int32_t attempt = 0;      // that is under way, or was the last
    std::int32_t attempts = 20;    // that it has
    std::int32_t lost = 0;         // how often its process died while it ran
    std::optional<std::string> unique_key;
    std::optional<time_point> unique_until;  // the key is free then; empty: when the job is finished
    bool unique_waiting = false;             // the key is free when the job begins
    std::string worker;                      // where it runs: croft_process.name
    time_point enqueued_at{};
    std::optional<time_point> started_at, finished_at;
    std::optional<time_point> keep_until;  // when it may be deleted
    std::string error;                     // of the last attempt that failed; for cancelled: why
    std::string result;                    // JSON, where it gave one
    double progress = 0;                   // 0 to 1
    std::string progress_note;
};
CROFT_MODEL(croft_job, unique<&croft_job::unique_key>,
            indexed<&croft_job::state, &croft_job::queue, &croft_job::rank, &croft_job::run_at>,
            indexed<&croft_job::state, &croft_job::run_at>);

/// An attempt that is worth remembering: it didn't go well, or had something to say.
struct croft_job_attempt {
    std::int64_t id = 0;
    ref<croft_job> job;
    std::int32_t attempt = 1;
    std::string outcome;  // running ok failed timed_out cancelled snoozed stopped lost
    std::optional<time_point> started_at, finished_at;
    std::string error;  // with its chain of causes
    std::string log;    // its lines, the middle left out when there are many
    std::string process;
};
CROFT_MODEL(croft_job_attempt);

/// `job` is held until `awaits` is done.
struct croft_job_wait {
    std::int64_t id = 0;
    ref<croft_job> job;
    ref<croft_job> awaits;
};
CROFT_MODEL(croft_job_wait, unique<&croft_job_wait::job, &croft_job_wait::awaits>);

/// A checkpoint's result.
struct croft_job_step {
    std::int64_t id = 0;
    ref<croft_job> job;
    std::string name;
    std::string result;  // JSON
};
CROFT_MODEL(croft_job_step, unique<&croft_job_step::job, &croft_job_step::name>);

/// What the operator wants of a queue, and what of its rate is left.
struct croft_queue {
    std::int64_t id = 0;
    std::string name;
    bool paused = false;
    double tokens = 0;
    std::optional<time_point> refilled_at;
};
CROFT_MODEL(croft_queue, unique<&croft_queue::name>);

}  // namespace croft::work
