#include "scrape/host_gate.hpp"

#include <algorithm>

#include "runtime/loop.hpp"

namespace croft::scrape {

namespace {

constexpr duration first_slow_down = 250ms, longest_slow_down = 30s, not_worth_keeping = 10ms;

duration monotonic() { return runtime::loop::current().time().monotonic(); }

}  // namespace

task<std::expected<semaphore::permit, duration>> host_gate::enter(duration longest_pause, duration spacing) {
    using result = std::expected<semaphore::permit, duration>;
    if (const auto pause = paused_until_ - monotonic(); pause > longest_pause) co_return result(std::unexpect, pause);
    auto place = co_await places_.acquire();
    for (;;) {
        const auto now = monotonic();
        if (paused_until_ - now > longest_pause) co_return result(std::unexpect, paused_until_ - now);
        const auto at = std::max(paused_until_, next_);
        if (at <= now) break;
        co_await sleep(at - now);
    }
    next_ = monotonic() + spacing + slow_down_;
    co_return result(std::move(place));
}

void host_gate::pause(duration time) { paused_until_ = std::max(paused_until_, monotonic() + time); }

void host_gate::went_well() noexcept {
    slow_down_ = slow_down_ * 9 / 10;
    if (slow_down_ < not_worth_keeping) slow_down_ = {};
}

void host_gate::too_fast() noexcept {
    slow_down_ = std::clamp(slow_down_ * 2, first_slow_down, longest_slow_down);
    // Not only from the next request on: those that wait at the door now are part of the crowd.
    next_ = std::max(next_, monotonic() + slow_down_);
}

}  // namespace croft::scrape
