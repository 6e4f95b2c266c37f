// Time: one clock for everything Croft stores or schedules: UTC, microseconds, no leap seconds (as POSIX counts).
// Reach for it wherever a moment is kept, compared, printed or read; local time exists only at the edges (cron zones).
//
//     croft::time_point t = *croft::parse_time("2026-03-01T01:00+01:00");
//     croft::to_text(t);                                  // "2026-03-01T00:00:00.000000Z"
//
// Any thread.
#pragma once

#if __has_include(<bits/chrono.h>)
#include <bits/chrono.h>  // libstdc++'s durations and clocks, without the calendars, zones and I/O of the whole <chrono>
#else
#include <chrono>
#endif
#include <string>
#include <string_view>

#include "croft/error.hpp"

namespace croft {

using namespace std::chrono_literals;

using duration = std::chrono::microseconds;
using time_point = std::chrono::sys_time<duration>;
/// A day, without a time or zone: croft::date d = 2026y / 3 / 1; d + std::chrono::days{1}.
using date = std::chrono::sys_days;

/// RFC 3339 in UTC, always 27 characters, so that text sorts as time does: "2026-03-01T00:00:00.000000Z".
/// A moment outside the years 1 to 9999 is shown as the nearest one inside.
std::string to_text(time_point t);

/// "2026-03-01". A day outside the years 1 to 9999 is shown as the nearest one inside.
std::string to_text(date d);

/// For people, in at most two units: "1 h 30 min", "2 d", "1.5 s", "250 ms".
std::string to_text(duration d);

/// Reads RFC 3339 with "Z" or an offset; "T" may be a blank, seconds and their fraction may be missing, and digits
/// after the sixth are dropped. A leap second (:60, RFC 3339 section 5.6) is the first moment of the next minute.
/// A time without "Z" or offset is refused, as it could mean any of 38 moments.
parsed<time_point> parse_time(std::string_view text);

/// Reads "2026-03-01".
parsed<date> parse_date(std::string_view text);

/// ISO 8601, exact: "P1DT2H30M", "PT0.5S", "-PT1M", "PT0S". A day is 24 hours.
std::string to_iso_text(duration d);

/// Reads ISO 8601 durations of weeks, days, hours, minutes and seconds ("P2W", "P1DT2H", "PT1.5S"; years and months
/// have no fixed length and are refused), and hours, minutes and seconds as a clock shows them: "01:30:00", "90:00.5".
/// Digits after the sixth of a second are dropped.
parsed<duration> parse_duration(std::string_view text);

}  // namespace croft
