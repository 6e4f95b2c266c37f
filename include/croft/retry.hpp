// An error that knows when another try makes sense. A task that fails with one is retried then, not sooner.
//
//     throw croft::retry_later(10min, "the exchange is closed for maintenance");
//
// http::error is one where the source sent Retry-After. Any thread.
#pragma once

#include <optional>

#include "croft/error.hpp"
#include "croft/time.hpp"

namespace croft {

/// Mixed into errors; found by dynamic_cast.
class retryable {
public:
    virtual ~retryable() = default;
    /// How long to wait from now; nothing when the error can't say.
    virtual std::optional<duration> retry_after() const noexcept = 0;
};

/// Ends a run as failed and has it retried after `pause`.
class retry_later final : public error, public retryable {
public:
    retry_later(duration pause, const std::string& why) : error(why), pause_(pause) {}
    std::optional<duration> retry_after() const noexcept override { return pause_; }

private:
    duration pause_;
};

}  // namespace croft
