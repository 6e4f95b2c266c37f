// cron: when a schedule is due. The grammar is croniter's; the answer is computed, never searched day by day.
// Reach for it wherever somebody writes down "every weekday at half past six".
//
//     auto daily = croft::text::cron::parse("30 6 * * mon-fri", {.timezone = "Europe/Berlin"});
//     std::optional<croft::time_point> due = daily->next(now);       // strictly after now; none: never again
//
// Fields:  minute hour day-of-month month weekday [second [year]]   (`seconds_first`: the second comes first)
//   *  ?  5  1,5  1-5  22-4 (wraps)  */15  5/15 (from 5 on)  1-30/7  jan-dec  sun-sat (0 and 7 are Sunday)
//   day: L (the last), 15W (the weekday nearest to the 15th)     weekday: fri#2 (the second), L5 (the last Friday)
//   H, H(0-29), H/15, H(0-29)/10: a value by the hash of `hash_id`, the same forever; R: the same by `seed`
//   @hourly @daily @midnight @weekly @monthly @yearly @annually: with a hash_id spread by it, else at the full hour …
//   @every 90s, @every 1h30m: an interval, counted from 1970-01-01T00:00Z
// A day of month and a weekday that are both given mean either (`day_or = false`: both).
// `a-a` is the whole cycle, as in croniter ("sun-sun": every day). A mix such as "5,6#3" is refused, as there.
//
// Daylight saving time. A minute or hour that holds "*", a range or a step recurs: it is due whenever a local clock
// shows a time that matches, so in both passes of a repeated hour and not at all in a skipped one. Otherwise the
// expression names fixed times, each due once a day: in the first pass of a repeated hour; right after a skipped one.
// Zones come from the system's tzdata, whose tables end in 2037: later years keep their winter time.
//
// A cron is immutable: any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "croft/error.hpp"
#include "croft/time.hpp"
#include "text/cron_fields.hpp"
#include "text/cron_zone.hpp"

namespace croft::text {

struct cron_options {
    std::string hash_id{};       ///< what `H` hashes, a task's name for instance; without it `H` is refused
    std::string timezone{};      ///< an IANA name; "" is UTC
    std::uint64_t seed = 0;      ///< what `R` draws from
    bool seconds_first = false;  ///< six and seven fields start with the second
    bool day_or = true;          ///< see above
    bool may_never = false;      ///< accept a date that never comes, such as the 31st of February
};

class cron {
public:
    /// At most 1,024 bytes. A failure's column points at the field or the part of it that is wrong.
    static parsed<cron> parse(std::string_view expression, const cron_options& options = {});

    /// The first moment strictly after `after` that is due; none when there is none before the year 10000.
    std::optional<time_point> next(time_point after) const;
    /// The last moment strictly before `before` that was due; none when there is none since the year 1.
    std::optional<time_point> previous(time_point before) const;
    /// Whether `t` is in a minute that is due; with a second field (or @every), in such a second.
    bool matches(time_point t) const;

private:
    cron() = default;

    std::optional<std::chrono::sys_seconds> next_recurring(std::chrono::sys_seconds from) const;
    std::optional<std::chrono::sys_seconds> next_fixed(std::chrono::sys_seconds from) const;
    std::optional<std::chrono::sys_seconds> previous_recurring(std::chrono::sys_seconds until) const;
    std::optional<std::chrono::sys_seconds> previous_fixed(std::chrono::sys_seconds until) const;

    cron_fields fields_;
    cron_zone zone_;
    std::chrono::seconds period_{0};  // of @every; else 0
};

}  // namespace croft::text
