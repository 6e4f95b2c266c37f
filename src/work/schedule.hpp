// When a task is due: a cron expression in its zone, or an interval.
//
//     auto when = work::schedule::make(task, seed);
//     auto due = when->next(now, now);
//
// An interval's occurrences lie on a grid through a known one, `on`; cron needs none. Immutable; any thread.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "croft/every.hpp"
#include "text/cron.hpp"

namespace croft::work {

class schedule {
public:
    /// `seed` is what `R` in a cron expression draws from. The failure's message names the spec and what is wrong.
    static parsed<schedule> make(const task_info& task, std::uint64_t seed);

    /// The first occurrence after `after`; nothing when there is none any more.
    std::optional<time_point> next(time_point after, time_point on) const;
    /// The last occurrence not after `now`; `first` is one that isn't either.
    time_point latest(time_point first, time_point now) const;
    /// Of the occurrences from `first` to `last`, the one that begins the last `count`.
    time_point first_of_last(time_point first, time_point last, int count) const;
    /// "@weekly, Europe/Berlin" or "every 30 s": another text means another schedule.
    const std::string& text() const noexcept { return text_; }

private:
    schedule(std::variant<text::cron, duration> when, std::string text) : when_(when), text_(std::move(text)) {}
    std::variant<text::cron, duration> when_;
    std::string text_;
};

}  // namespace croft::work
