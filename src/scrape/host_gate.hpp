// The door to one host: how many requests at once, how far apart, and the pauses that the host has asked for.
//
//     auto place = co_await gate.enter(pause_at_most, spacing);
//     if (place) { … one request …; gate.went_well(); }
//
// After "too many requests" the requests are spread further apart, and with each success a little less so again
// (multiplicative slow-down, gradual recovery). Times are of the loop's monotonic clock. Loop thread only.
#pragma once

#include <algorithm>
#include <expected>

#include "croft/task.hpp"

namespace croft::scrape {

class host_gate {
public:
    explicit host_gate(int concurrency) : places_(static_cast<std::size_t>(std::max(concurrency, 1))) {}

    /// Waits for a place, the end of a pause, and `spacing` since the request before. When the host's pause is longer
    /// than `longest_pause`, gives how long it is instead of waiting.
    task<std::expected<semaphore::permit, duration>> enter(duration longest_pause, duration spacing);

    /// Nobody may enter for that long.
    void pause(duration time);
    void went_well() noexcept;
    void too_fast() noexcept;
    /// What is added to the spacing at the moment.
    duration slow_down() const noexcept { return slow_down_; }

private:
    semaphore places_;
    duration paused_until_{0};
    duration next_{0};
    duration slow_down_{0};
};

}  // namespace croft::scrape
