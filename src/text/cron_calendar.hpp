// Searches the local calendar for what a cron expression allows: years, months and days by bit sets, no zones.
// The cost of a search is a few bit scans, plus a table-free look at every year that is skipped (at most 400).
#pragma once

#include <chrono>
#include <optional>

#include "text/cron_fields.hpp"

namespace croft::text {

/// The years that are searched; there is no match outside of them.
inline constexpr std::chrono::year first_cron_year{1}, last_cron_year{9999};

/// The first local time at or after `from` that matches; none when there is no such time within 400 years (the
/// calendar repeats after 400 years, so it never comes).
std::optional<std::chrono::local_seconds> first_at_or_after(const cron_fields&, std::chrono::local_seconds from);

/// The same backwards.
std::optional<std::chrono::local_seconds> last_at_or_before(const cron_fields&, std::chrono::local_seconds until);

/// The days of a month that match: bit n is day n.
std::uint32_t matching_days(const cron_fields&, std::chrono::year_month);

/// False for an expression such as `0 0 31 2 *`, whose day never comes.
bool ever_matches(const cron_fields&);

}  // namespace croft::text
