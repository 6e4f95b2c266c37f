// When a task must not begin: "22:00-06:00", several with commas, each day, in the task's zone.
//
//     auto quiet = work::quiet_hours::make("22:00-06:00", "Europe/Berlin");
//     if (auto end = quiet->end(now)) …   // it is quiet until then
//
// A time that a change of the clock leaves out or repeats is what a cron expression makes of it. Immutable; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "text/cron.hpp"

namespace croft::work {

class quiet_hours {
public:
    quiet_hours() = default;
    /// The failure says what is wrong with `spec`. An empty one is never quiet.
    static parsed<quiet_hours> make(const std::string& spec, const std::string& timezone);

    /// When it ends, if it is quiet at this moment.
    std::optional<time_point> end(time_point at) const;

private:
    struct window {
        text::cron from, to;
    };
    std::vector<window> windows_;
};

}  // namespace croft::work
