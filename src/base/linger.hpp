// To wake a thread that sleeps takes some 30 µs where a processor has gone idle, twice what a small commit takes. So
// who expects something within a moment looks out for it that long, giving way to whoever else has something to do.
// Any thread.
#pragma once

#include <sched.h>

#include <chrono>
#include <thread>

namespace croft {

/// Until come() is true, or a moment (200 µs) has passed; false then.
template <class Come>
bool linger_until(Come come) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(200);
    while (!come()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

/// Whether this process may use more than one processor: where not, lingering for another process keeps that from its
/// work, as giving way doesn't go far.
inline bool has_several_processors() noexcept {
    static const bool several = [] {
        cpu_set_t usable;
        return sched_getaffinity(0, sizeof usable, &usable) == 0 && CPU_COUNT(&usable) > 1;
    }();
    return several;
}

}  // namespace croft
