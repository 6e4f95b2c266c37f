// A job under way, as the code that runs in it sees it: this_job(), step(), complete(), and its log lines.
#pragma once

#include "croft/job.hpp"
#include "work/run_log.hpp"

namespace croft::work {

struct job_run {
    running_job what;
    std::string worker;  // in whose name: croft_job.worker
    duration keep{};     // for how long once it is done
    run_log lines;
    bool spoke = false;      // whether there are any
    bool noted = false;      // whether this attempt may have a row while it runs: job_store::keep_log()
    bool completed = false;  // complete() was called; its row need not be "running" any more
};

}  // namespace croft::work
