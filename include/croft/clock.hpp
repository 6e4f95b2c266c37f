// The clock that a loop runs on. Programs get the machine's; tests pass a virtual_clock and live through a year in a
// second. `croft::now()` asks the clock of the running loop.
//
//     croft::virtual_clock clock;
//     clock.set(croft::parse_time("2026-03-01T00:00Z").value());
//
// Loop thread only, but for machine_clock(), which is stateless.
#pragma once

#include "croft/time.hpp"

namespace croft {

class clock {
public:
    virtual ~clock() = default;
    /// Wall-clock time, UTC. May jump when the operator sets the machine's clock.
    virtual time_point now() const = 0;
    /// Time since some fixed start; never goes back. Sleeps and time-outs count on it.
    virtual duration monotonic() const = 0;
    /// A virtual clock moves only when told to.
    virtual bool is_virtual() const noexcept { return false; }
    /// Called by the loop when nothing can run before `deadline` (of monotonic()): a virtual clock may jump there.
    virtual bool jump_when_idle(duration /*deadline*/) { return false; }
};

/// The machine's clock.
clock& machine_clock();

/// A clock that stands still until it is moved.
class virtual_clock final : public clock {
public:
    /// Starts at `start`; with `jumps`, it moves to the next sleeper's time whenever nothing else can run.
    explicit virtual_clock(time_point start = time_point{std::chrono::seconds{1'767'225'600}},  // 2026-01-01T00:00Z
                           bool jumps = false)
        : wall_(start), jumps_(jumps) {}

    time_point now() const override { return wall_; }
    duration monotonic() const override { return monotonic_; }
    bool is_virtual() const noexcept override { return true; }
    bool jump_when_idle(duration deadline) override;

    /// Moves wall and monotonic time on. Sleepers whose time has come wake at the loop's next turn.
    void advance(duration by) { wall_ += by, monotonic_ += by; }
    /// Sets the wall clock only, as an operator or NTP would.
    void set(time_point wall) { wall_ = wall; }

private:
    time_point wall_;
    duration monotonic_{0};
    bool jumps_;
};

/// Wall-clock time of the running loop's clock; outside of a loop, the machine's. Any thread.
time_point now();

}  // namespace croft
