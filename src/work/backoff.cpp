#include "work/backoff.hpp"

#include <algorithm>

#include "croft/retry.hpp"

namespace croft::work {

duration backoff(pauses between, int failures, double chance) {
    duration pause = between.from;
    for (int i = 1; i < failures && pause < between.to; ++i) pause *= 2;
    pause = std::min(pause, between.to);
    return pause + duration(static_cast<duration::rep>(chance * static_cast<double>(pause.count()) / 4));
}

std::optional<duration> retry_after(const std::exception_ptr& failure) {
    if (!failure) return std::nullopt;
    try {
        std::rethrow_exception(failure);
    } catch (const retryable& known) {
        if (const auto pause = known.retry_after()) return pause;
    } catch (const std::exception& e) {
        if (const auto* outer = dynamic_cast<const std::nested_exception*>(&e)) return retry_after(outer->nested_ptr());
    } catch (...) {  // says nothing
    }
    return std::nullopt;
}

}  // namespace croft::work
