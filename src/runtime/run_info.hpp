// The run that a task belongs to: inherited by everything it awaits and spawns; written into logs and history.
#pragma once

#include <cstdint>
#include <string>

namespace croft::work {

struct run_info {
    std::int64_t id = 0;  // croft_run.id; 0 outside of a recorded run
    std::string task;     // "items.ingest"
    std::string note;     // what the code says of its changes: croft::change_note
    std::string user, request, data;  // for whom, in which request, and what else is to be known: JSON
};

}  // namespace croft::work
