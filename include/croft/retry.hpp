// Errors that say what is to become of the task or job that ends with them.
//
//     throw croft::retry_later(10min, "the exchange is closed for maintenance");
//
// Anything else that is thrown is a failure, tried again with growing pauses. http::error is a retryable one where the
// source sent Retry-After. Any thread.
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

/// Ends a run, or an attempt of a job, as failed and has it tried again after `pause`.
class retry_later final : public error, public retryable {
public:
    retry_later(duration pause, const std::string& why) : error(why), pause_(pause) {}
    std::optional<duration> retry_after() const noexcept override { return pause_; }

private:
    duration pause_;
};

/// Of a job: not now; it is begun again after `pause`, and this wasn't an attempt.
class snooze final : public error {
public:
    explicit snooze(duration pause, const std::string& why = "snoozed") : error(why), pause_(pause) {}
    duration pause() const noexcept { return pause_; }

private:
    duration pause_;
};

/// Of a job: it needn't be done any more. It isn't tried again, and is no failure.
class cancel_job final : public error {
public:
    using error::error;
};

}  // namespace croft
