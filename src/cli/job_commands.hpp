// What the files of the command `jobs` share. Main thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/command.hpp"
#include "croft/json.hpp"
#include "croft/query.hpp"
#include "work/job_tables.hpp"

namespace croft::cli {

std::unique_ptr<command> show_job_command();   // job_show.cpp
std::unique_ptr<command> tail_jobs_command();  // job_tail.cpp

/// Which jobs are meant.
struct job_filter {
    std::optional<std::string> state, queue, name;
    query_of<work::croft_job> query() const;
};

json as_json(const work::croft_job& job);
/// What there is to say of its state, in a few words.
std::string what_about(const work::croft_job& job);
/// "3/20": its attempt, and how many it has.
std::string attempt_of(const work::croft_job& job);
/// Throws command_error for what isn't a job's number.
std::int64_t job_number(const std::string& text);

}  // namespace croft::cli
