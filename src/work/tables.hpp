// The tables of scheduled work. They are plain: SELECT * FROM croft_run WHERE outcome = 'failed' is a fair question.
#pragma once

#include "croft/model.hpp"

namespace croft::work {

/// What is known of a task beyond its code. One row for each task that was ever seen.
struct croft_task {
    std::int64_t id = 0;
    std::string name;                       // "items.ingest"
    std::string spec;                       // "@weekly, Europe/Berlin"
    std::optional<time_point> next_run_at;  // its next occurrence; empty: never again
    bool paused = false;
    std::optional<time_point> last_run_at;
    std::string last_outcome;   // as croft_run.outcome
    std::string last_error;     // of the last failure; empty once a run went well
    std::string last_marks;     // as croft_run.marks
    std::int32_t failures = 0;  // in a row
    // The occurrence that is to be tried again: when, and which attempt that will be.
    std::optional<time_point> retry_at, retry_of;
    std::int32_t retry_attempt = 0;
    std::optional<time_point> not_before;  // the source asked to be left alone until then
    double usual_seconds = 0;              // how long a run that goes well takes
    croft::modified_at modified_at;
};
CROFT_MODEL(croft_task, unique<&croft_task::name>);

/// One run, or one that should have been. The unique key makes that an attempt at an occurrence happens in one process.
struct croft_run {
    std::int64_t id = 0;
    std::string task;
    time_point scheduled_at{};
    std::int32_t attempt = 1;
    std::string outcome = "running";  // running ok failed timed_out cancelled skipped lost
    std::optional<time_point> started_at, finished_at;
    std::string error;                               // with its chain of causes; for skipped: why
    std::string marks;                               // why somebody should have a look, a line each: mark_run()
    std::string log;                                 // its lines, the middle left out when there are many
    std::int64_t rows = 0, requests = 0, bytes = 0;  // what it counted: croft::count_for_run()
    std::string version;                             // of the program
    std::string process;                             // where it runs: croft_process.name
};
CROFT_MODEL(croft_run, unique<&croft_run::task, &croft_run::scheduled_at, &croft_run::attempt>,
            indexed<&croft_run::outcome>);

/// Who has work under way: a scheduler or worker of some process. `beat` is counted up every second; see lease.hpp.
struct croft_process {
    std::int64_t id = 0;
    std::string name;
    std::int64_t beat = 0;
};
CROFT_MODEL(croft_process, unique<&croft_process::name>);

}  // namespace croft::work
