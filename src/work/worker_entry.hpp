// A job under way, as the worker holds it. Only the worker's own files include this.
#pragma once

#include "work/worker.hpp"

namespace croft::work {

struct worker::active {
    job_store::claimed row;
    const job_info* info = nullptr;
    std::string queue;
    bool suspect = false;      // its process died while it ran, before
    std::uint64_t number = 0;  // counted up: what was begun later has a higher one
    time_point started_at{};
    event done;             // the work has ended, or is to be destroyed
    bool stopped = false;   // by stop()
    bool not_ours = false;  // cancelled elsewhere, or taken by somebody who thought us dead
    std::shared_ptr<job_run> inside;
};

}  // namespace croft::work
