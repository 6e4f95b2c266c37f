// When a failed run is tried again.
#pragma once

#include <exception>
#include <optional>

#include "croft/every.hpp"

namespace croft::work {

/// The pause before the next try, after `failures` in a row (1 or more): retry_from, doubled with each further failure,
/// up to retry_to; plus up to a quarter of that for `chance` from 0 to 1, so that what failed together isn't tried
/// together.
duration backoff(const task_options& options, int failures, double chance);

/// What the failure, or a cause of it, says of the time to wait (croft/retry.hpp).
std::optional<duration> retry_after(const std::exception_ptr& failure);

}  // namespace croft::work
