// The run that a task belongs to: inherited by everything it awaits and spawns; written into logs and history.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace croft {
class json;
struct run_numbers;
}  // namespace croft

namespace croft::work {

struct job_run;

struct run_info {
    std::int64_t id = 0;                     // croft_run.id; 0 outside of a recorded run
    std::string task;                        // "items.ingest"; or the job's name
    std::string note;                        // what the code says of its changes: croft::change_note
    std::string user, request, data;         // for whom, in which request, and what else is to be known: JSON
    std::shared_ptr<job_run> job{};          // where it is a durable job
    std::shared_ptr<run_numbers> counted{};  // croft::count_for_run()
    std::shared_ptr<std::vector<std::string>> marks{};  // croft::mark_run()
    std::shared_ptr<const json> arguments{};            // croft::run_arguments()
};

}  // namespace croft::work
