#include "croft/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

namespace croft {
namespace {

using namespace std::chrono;

constexpr time_point first_moment = sys_days{year{1} / 1 / 1};
constexpr time_point last_moment = sys_days{year{10000} / 1 / 1} - microseconds{1};

/// Walks over the text; the first thing that is not as expected is kept as the failure.
class scanner {
public:
    explicit scanner(std::string_view text) : text_(text) {}

    /// `count` digits that make a number from `low` to `high`.
    int number(int count, int low, int high, const char* what) {
        const std::size_t start = at_;
        int value = 0;
        for (int i = 0; i < count; ++i) {
            const char c = peek();
            if (c < '0' || c > '9') return fail(at_, fmt::format("expected {} digits for the {}", count, what));
            value = value * 10 + (c - '0');
            ++at_;
        }
        if (value < low || value > high)
            return fail(start, fmt::format("{} {} is out of range: {} to {}", what, value, low, high));
        return value;
    }
    bool take(std::string_view any_of) {
        if (failure_ || at_ >= text_.size() || any_of.find(text_[at_]) == std::string_view::npos) return false;
        ++at_;
        return true;
    }
    void expect(std::string_view any_of, const char* what) {
        if (!take(any_of)) fail(at_, fmt::format("expected {}", what));
    }
    microseconds fraction() {
        std::int64_t value = 0, unit = 100'000;
        if (peek() < '0' || peek() > '9') fail(at_, "expected a digit after the decimal point");
        for (; peek() >= '0' && peek() <= '9'; ++at_, unit /= 10) value += (peek() - '0') * unit;
        return microseconds{value};
    }
    char previous() const { return text_[at_ - 1]; }
    int fail(std::size_t at, std::string message) {
        if (!failure_) failure_ = parse_failure{std::move(message), 1, at + 1};
        return 0;
    }
    std::size_t position() const { return at_; }
    const std::optional<parse_failure>& end(std::string_view of) {
        if (at_ < text_.size()) fail(at_, fmt::format("expected the end of the {}", of));
        return failure_;
    }

private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    std::string_view text_;
    std::size_t at_ = 0;
    std::optional<parse_failure> failure_;
};

sys_days scan_date(scanner& in) {
    const year y{in.number(4, 1, 9999, "year")};
    in.expect("-", "'-' after the year");
    const month m{static_cast<unsigned>(in.number(2, 1, 12, "month"))};
    in.expect("-", "'-' after the month");
    const std::size_t at = in.position();
    const day d{static_cast<unsigned>(in.number(2, 1, 31, "day"))};
    if (m.ok() && d.ok() && !(y / m / d).ok())
        in.fail(at, fmt::format("the month {}-{:02} has no day {}", static_cast<int>(y), static_cast<unsigned>(m),
                                static_cast<unsigned>(d)));
    return sys_days{y / m / d};
}

microseconds scan_time_of_day(scanner& in) {
    microseconds t = hours{in.number(2, 0, 23, "hour")};
    in.expect(":", "':' after the hour");
    t += minutes{in.number(2, 0, 59, "minute")};
    if (in.take(":")) {
        t += seconds{in.number(2, 0, 60, "second")};
        if (in.take(".")) t += in.fraction();
    }
    return t;
}

minutes scan_offset(scanner& in) {
    if (in.take("Zz")) return minutes{0};
    if (!in.take("+-")) {
        in.fail(in.position(), "expected 'Z' or an offset from UTC such as +01:00");
        return {};
    }
    const int sign = in.previous() == '-' ? -1 : 1;
    const int h = in.number(2, 0, 23, "offset's hour");
    in.expect(":", "':' after the offset's hour");
    return sign * (hours{h} + minutes{in.number(2, 0, 59, "offset's minute")});
}

}  // namespace

std::string to_text(duration d) {
    if (d < 0us) return d == duration::min() ? "forever ago" : "-" + to_text(-d);
    if (d < 1ms) return fmt::format("{} us", d.count());
    if (d < 1s) return fmt::format("{:.4g} ms", static_cast<double>(d.count()) / 1e3);
    if (d < 1min) return fmt::format("{:.4g} s", static_cast<double>(d.count()) / 1e6);
    struct unit {
        duration length;
        const char* name;
    };
    constexpr unit units[] = {{24h, "d"}, {1h, "h"}, {1min, "min"}, {1s, "s"}};
    const auto* first = std::ranges::find_if(units, [&](const unit& u) { return d >= u.length; });
    std::string text = fmt::format("{} {}", d / first->length, first->name);
    const auto* second = first + 1;
    if (second != std::end(units) && d % first->length >= second->length)
        text += fmt::format(" {} {}", d % first->length / second->length, second->name);
    return text;
}

std::string to_text(date d) {
    const year_month_day shown{std::clamp(d, floor<days>(first_moment), floor<days>(last_moment))};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(shown.year()), static_cast<unsigned>(shown.month()),
                       static_cast<unsigned>(shown.day()));
}

std::string to_text(time_point t) {
    t = std::clamp(t, first_moment, last_moment);
    const auto midnight = floor<days>(t);
    const year_month_day date{midnight};
    const hh_mm_ss time{t - midnight};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                       time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

parsed<time_point> parse_time(std::string_view text) {
    scanner in(text);
    const sys_days date = scan_date(in);
    in.expect("Tt ", "'T' between date and time");
    const microseconds time = scan_time_of_day(in);
    const minutes offset = scan_offset(in);
    if (const auto& failure = in.end("time")) return std::unexpected(*failure);
    return date + time - offset;
}

parsed<date> parse_date(std::string_view text) {
    scanner in(text);
    const date read = scan_date(in);
    if (const auto& failure = in.end("date")) return std::unexpected(*failure);
    return read;
}

}  // namespace croft
