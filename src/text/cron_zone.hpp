// A time zone as the cron calculator needs it, over Hinnant's date (which this header keeps out of sight: its classes
// depend on macros). A zone is loaded when it is first asked for; UTC needs no data at all.
//
//     auto zone = cron_zone::find("Europe/Berlin");      // or a failure that says the name is unknown
//     zone->to_utc(local);                                // DST gap: the gap's end; DST fold: the first pass
//
// Any thread.
#pragma once

#include <chrono>
#include <string_view>

#include "croft/error.hpp"

namespace date {
class time_zone;
}

namespace croft::text {

class cron_zone {
public:
    /// A stretch of time with one offset from UTC: `begin` is in it, `end` is not.
    struct span {
        std::chrono::sys_seconds begin, end;
        std::chrono::seconds offset;
    };

    /// UTC.
    cron_zone() = default;

    /// A zone of the IANA database by name; "" and "UTC" are UTC.
    static parsed<cron_zone> find(std::string_view name);

    span at(std::chrono::sys_seconds t) const;
    /// The local time that a clock would show at the start of `s`, had the offset not changed then: later than the
    /// real one by the length of a fold, earlier by that of a gap, the same where nothing changed.
    std::chrono::local_seconds unchanged_begin(const span& s) const;
    std::chrono::sys_seconds to_utc(std::chrono::local_seconds local) const;

private:
    const ::date::time_zone* zone_ = nullptr;
};

}  // namespace croft::text
