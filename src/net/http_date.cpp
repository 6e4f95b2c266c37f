#include "net/http_date.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include "net/ascii.hpp"

namespace croft::net {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> day_names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Takes a date apart from the left; once something is missing, everything after it is.
class reader {
public:
    explicit reader(std::string_view text) : whole_(text), rest_(text) {}

    void skip(std::string_view expected) {
        if (rest_.starts_with(expected))
            rest_.remove_prefix(expected.size());
        else
            stop("expected \"" + std::string(expected) + "\"");
    }
    void skip_letters() {
        while (!rest_.empty() && lower(rest_[0]) >= 'a' && lower(rest_[0]) <= 'z') rest_.remove_prefix(1);
    }
    bool at(std::string_view next) const { return rest_.starts_with(next); }
    int digits(std::size_t count) {
        int number = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (i >= rest_.size() || !is_digit(rest_[i])) {
                stop("expected " + std::to_string(count) + " digits");
                return 0;
            }
            number = number * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(count);
        return number;
    }
    unsigned month() {
        for (unsigned i = 0; i < month_names.size(); ++i) {
            if (!same_name(rest_.substr(0, 3), month_names[i])) continue;
            rest_.remove_prefix(3);
            return i + 1;
        }
        stop("expected a month");
        return 0;
    }
    seconds clock() {
        const int hour = digits(2);
        skip(":");
        const int minute = digits(2);
        skip(":");
        const int second = digits(2);
        if (hour > 23 || minute > 59 || second > 60) stop("there is no such time of day");
        return hours(hour) + minutes(minute) + seconds(std::min(second, 59));
    }
    parsed<time_point> finish(int years, unsigned months, int days, seconds time) {
        if (!failure_ && !rest_.empty()) stop("expected the end");
        const year_month_day date{year(years), std::chrono::month(months), day(static_cast<unsigned>(days))};
        if (!failure_ && !date.ok()) stop("there is no such day");
        if (failure_) return std::unexpected(*failure_);
        return time_point(sys_days(date) + time);
    }

private:
    void stop(std::string message) {
        if (!failure_) failure_ = parse_failure{std::move(message), 1, whole_.size() - rest_.size() + 1};
    }
    std::string_view whole_, rest_;
    std::optional<parse_failure> failure_;
};

/// RFC 9110 §5.6.7: a year that appears to be more than 50 years ahead is the last one with these two digits.
int full_year(int two_digits, time_point reference) {
    const int now = static_cast<int>(year_month_day(floor<days>(reference)).year());
    const int guess = now - now % 100 + two_digits;
    return guess > now + 50 ? guess - 100 : guess;
}

/// "Sun Nov  6 08:49:37 1994"
parsed<time_point> asctime_form(reader in) {
    const unsigned month = in.month();
    in.skip(" ");
    const bool one_digit = in.at(" ");
    if (one_digit) in.skip(" ");
    const int day = in.digits(one_digit ? 1 : 2);
    in.skip(" ");
    const auto time = in.clock();
    in.skip(" ");
    const int year = in.digits(4);
    return in.finish(year, month, day, time);
}

}  // namespace

std::string to_http_date(time_point t) {
    const auto today = floor<days>(t);
    const year_month_day date(today);
    const hh_mm_ss time(floor<seconds>(t - today));
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", day_names[weekday(today).c_encoding()],
                       unsigned(date.day()), month_names[unsigned(date.month()) - 1], int(date.year()),
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

parsed<time_point> parse_http_date(std::string_view text, time_point reference) {
    reader in(text);
    in.skip_letters();
    if (in.at(" ")) {
        in.skip(" ");
        return asctime_form(in);
    }
    in.skip(", ");
    const int day = in.digits(2);
    const bool old = in.at("-");
    const std::string_view separator = old ? "-" : " ";
    in.skip(separator);
    const unsigned month = in.month();
    in.skip(separator);
    const int year = old ? full_year(in.digits(2), reference) : in.digits(4);
    in.skip(" ");
    const auto time = in.clock();
    in.skip(" GMT");
    return in.finish(year, month, day, time);
}

}  // namespace croft::net
