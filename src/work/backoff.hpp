// When a failed run is tried again.
#pragma once

#include <exception>
#include <optional>

#include "croft/time.hpp"

namespace croft::work {

struct pauses {
    duration from, to;
};
/// Of a task's or job's options.
template <class Options>
pauses pauses_of(const Options& options) {
    return {options.retry_from, options.retry_to};
}

/// The pause before the next try, after `failures` in a row (1 or more): `from`, doubled with each further failure,
/// up to `to`; plus up to a quarter of that for `chance` from 0 to 1, so that what failed together isn't tried
/// together.
duration backoff(pauses between, int failures, double chance);

/// What the failure, or a cause of it, says of the time to wait (croft/retry.hpp).
std::optional<duration> retry_after(const std::exception_ptr& failure);

}  // namespace croft::work
