// The program's jobs and queues: what CROFT_JOB and CROFT_QUEUE declared, checked.
//
//     const work::job_book book = work::check_jobs();
//     const auto* job = book.find("shop.send_email");
//
// Any thread, after static initialisation.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "croft/job.hpp"

namespace croft::work {

struct job_book {
    std::map<std::string, const job_info*, std::less<>> jobs;
    std::map<std::string, queue_options, std::less<>> queues;  // also those that only a job's options name

    /// nullptr when the program has no such job.
    const job_info* find(std::string_view name) const;
};

/// Everything declared. Throws config_error that tells every problem with file and line: a name used twice, an option
/// that can't be.
job_book check_jobs();

/// The queue, as it is. Throws config_error that names the nearest when nobody declared it.
void require_queue(const std::string& queue);

}  // namespace croft::work
