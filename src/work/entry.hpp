// What the scheduler holds of each task while it lives. Only the scheduler's own files include this.
#pragma once

#include <exception>
#include <memory>
#include <optional>

#include "croft/json.hpp"
#include "work/quiet_hours.hpp"
#include "work/scheduler.hpp"

namespace croft::work {

/// Somebody waits for a run.
struct scheduler::request {
    entry* of = nullptr;
    run_outcome result;
    std::string refusal;  // why there was no run
    json arguments = json::object({});
    event done;
};

struct scheduler::occurrence {
    time_point scheduled_at;
    std::int32_t attempt = 1;
    std::shared_ptr<request> asked{};  // set for run_now()
};

struct scheduler::active_run {
    croft_run run;
    run_log lines;
    event done;               // the work has ended, or is to be cancelled
    bool cancelled = false;   // by stop()
    bool superseded = false;  // overlap::cancel_running: by its next occurrence
    bool not_ours = false;    // ended by somebody else: `run` says how
    bool told_stuck = false;
    std::shared_ptr<request> asked;
};

struct scheduler::entry {
    const task_info* info;
    schedule when;
    bool wanted = true;
    quiet_hours quiet{};
    entry* after = nullptr;
    std::optional<time_point> told_overdue{};           // for this occurrence
    croft_task row{};                                   // as the database has it, or is about to
    croft_task before{};                                // the same before the last occurrence was taken from it
    std::vector<std::unique_ptr<active_run>> active{};  // several only by overlap::allow
    std::optional<time_point> queued{};                 // overlap::queue_one: due when this run is over
    std::optional<time_point> backlog_until{};          // missed::run_all: occurrences up to then wait for their turn
    std::optional<time_point> held_until{};             // its last run could not be stored as begun
    std::vector<croft_run> unstored{};                  // ended or left out, which the database doesn't know yet
    std::unique_ptr<semaphore> storing = std::make_unique<semaphore>(1);  // its row is stored by one at a time
    int claim_failures = 0;
    std::size_t runs = 0;
};

}  // namespace croft::work
