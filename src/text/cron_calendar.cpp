#include "text/cron_calendar.hpp"

#include <algorithm>
#include <bit>

namespace croft::text {
namespace {

using namespace std::chrono;

constexpr int calendar_cycle = 400;  // years after which dates fall on the same weekdays again

int lowest(std::uint64_t bits, int from) {
    if (from > 63 || (bits >> from) == 0) return -1;
    return from + std::countr_zero(bits >> from);
}

int highest(std::uint64_t bits, int until) {
    if (until < 0) return -1;
    bits &= ~std::uint64_t{0} >> (63 - until);
    return bits == 0 ? -1 : 63 - std::countl_zero(bits);
}

int number(month m) { return static_cast<int>(static_cast<unsigned>(m)); }
int number(day d) { return static_cast<int>(static_cast<unsigned>(d)); }

bool has(std::uint64_t bits, int n) { return ((bits >> n) & 1) != 0; }

std::uint32_t days_of(year_month ym) {
    return static_cast<std::uint32_t>(((std::uint64_t{1} << number((ym / std::chrono::last).day())) - 1) << 1);
}

/// The day (bit 0: the 1st) that "15W" means in a month: a Saturday gives way to the Friday before and a Sunday to the
/// Monday after, unless that is in another month; a month that is too short has its last day taken.
int nearest_weekday(year_month ym, int day) {
    const int last = number((ym / std::chrono::last).day());
    day = std::min(day, last);
    const weekday on{sys_days{ym / day}};
    if (on == Saturday) return day > 1 ? day - 1 : day + 2;
    if (on == Sunday) return day < last ? day + 1 : day - 2;
    return day;
}

std::uint32_t days_by_number(const cron_fields& f, year_month ym) {
    const std::uint32_t all = days_of(ym);
    std::uint32_t days = f.days & all;
    if (f.last_day) days |= std::bit_floor(all);
    if (f.nearest_weekday != 0) days |= std::uint32_t{1} << nearest_weekday(ym, f.nearest_weekday);
    return days;
}

std::uint32_t days_by_weekday(const cron_fields& f, year_month ym) {
    constexpr std::uint64_t every_week = 0x1020'4081;  // bits 0, 7, 14, 21, 28
    const std::uint32_t all = days_of(ym);
    const int opening = static_cast<int>(weekday{sys_days{ym / 1}}.c_encoding());
    std::uint32_t days = 0;
    for (int w = 0; w < 7; ++w) {
        const int first = 1 + (w - opening + 7) % 7;
        const auto column = static_cast<std::uint32_t>(every_week << first & all);
        if (has(f.weekdays, w)) days |= column;
        if (has(f.nth_weekdays[w], 0)) days |= std::bit_floor(column);
        for (int n = 1; n <= 5; ++n)
            if (has(f.nth_weekdays[w], n))
                days |= static_cast<std::uint32_t>(std::uint64_t{1} << (first + 7 * (n - 1)) & column);
    }
    return days;
}

bool year_allowed(const cron_fields& f, int y) {
    if (f.any_year) return true;
    return y >= cron_fields::first_year && y <= cron_fields::last_year && f.years[y - cron_fields::first_year];
}

seconds at(int h, int m, int s) { return hours{h} + minutes{m} + seconds{s}; }

struct clock_time {
    int h, m, s;
    explicit clock_time(seconds t)
        : h(static_cast<int>(t / hours{1})),
          m(static_cast<int>(t % hours{1} / minutes{1})),
          s(static_cast<int>(t % minutes{1} / seconds{1})) {}
};

std::optional<seconds> time_at_or_after(const cron_fields& f, seconds from) {
    const clock_time t(from);
    const int first_s = lowest(f.seconds, 0), first_m = lowest(f.minutes, 0);
    if (has(f.hours, t.h)) {
        if (const int s = lowest(f.seconds, t.s); has(f.minutes, t.m) && s >= 0) return at(t.h, t.m, s);
        if (const int m = lowest(f.minutes, t.m + 1); m >= 0) return at(t.h, m, first_s);
    }
    if (const int h = lowest(f.hours, t.h + 1); h >= 0) return at(h, first_m, first_s);
    return std::nullopt;
}

std::optional<seconds> time_at_or_before(const cron_fields& f, seconds until) {
    const clock_time t(until);
    const int last_s = highest(f.seconds, 59), last_m = highest(f.minutes, 59);
    if (has(f.hours, t.h)) {
        if (const int s = highest(f.seconds, t.s); has(f.minutes, t.m) && s >= 0) return at(t.h, t.m, s);
        if (const int m = highest(f.minutes, t.m - 1); m >= 0) return at(t.h, m, last_s);
    }
    if (const int h = highest(f.hours, t.h - 1); h >= 0) return at(h, last_m, last_s);
    return std::nullopt;
}

std::optional<local_days> day_at_or_after(const cron_fields& f, local_days from) {
    const year_month_day start{from};
    const int start_year = static_cast<int>(start.year());
    const int end_year = std::min(start_year + calendar_cycle, static_cast<int>(last_cron_year));
    int m = number(start.month()), d = number(start.day());
    for (int y = start_year; y <= end_year; ++y, m = 1, d = 1) {
        if (!year_allowed(f, y)) continue;
        for (int found = lowest(f.months, m); found >= 0; found = lowest(f.months, found + 1)) {
            const auto ym = year{y} / found;
            if (const int found_day = lowest(matching_days(f, ym), found == m ? d : 1); found_day >= 0)
                return local_days{ym / found_day};
        }
    }
    return std::nullopt;
}

std::optional<local_days> day_at_or_before(const cron_fields& f, local_days until) {
    const year_month_day start{until};
    const int start_year = static_cast<int>(start.year());
    const int end_year = std::max(start_year - calendar_cycle, static_cast<int>(first_cron_year));
    int m = number(start.month()), d = number(start.day());
    for (int y = start_year; y >= end_year; --y, m = 12, d = 31) {
        if (!year_allowed(f, y)) continue;
        for (int found = highest(f.months, m); found >= 0; found = highest(f.months, found - 1)) {
            const auto ym = year{y} / found;
            if (const int found_day = highest(matching_days(f, ym), found == m ? d : 31); found_day >= 0)
                return local_days{ym / found_day};
        }
    }
    return std::nullopt;
}

}  // namespace

std::uint32_t matching_days(const cron_fields& f, year_month ym) {
    if (f.any_day && f.any_weekday) return days_of(ym);
    if (f.any_day) return days_by_weekday(f, ym);
    if (f.any_weekday) return days_by_number(f, ym);
    return f.day_or ? days_by_number(f, ym) | days_by_weekday(f, ym) : days_by_number(f, ym) & days_by_weekday(f, ym);
}

std::optional<local_seconds> first_at_or_after(const cron_fields& f, local_seconds from) {
    from = std::max(from, local_seconds{local_days{first_cron_year / 1 / 1}});
    const auto today = floor<days>(from);
    auto day = day_at_or_after(f, today);
    if (day == today) {
        if (const auto time = time_at_or_after(f, from - today)) return today + *time;
        day = day_at_or_after(f, today + days{1});
    }
    if (!day) return std::nullopt;
    return *day + *time_at_or_after(f, seconds{0});
}

std::optional<local_seconds> last_at_or_before(const cron_fields& f, local_seconds until) {
    until = std::min(until, local_days{last_cron_year / 12 / 31} + hours{24} - seconds{1});
    const auto today = floor<days>(until);
    auto day = day_at_or_before(f, today);
    if (day == today) {
        if (const auto time = time_at_or_before(f, until - today)) return today + *time;
        day = day_at_or_before(f, today - days{1});
    }
    if (!day) return std::nullopt;
    return *day + *time_at_or_before(f, days{1} - seconds{1});
}

bool ever_matches(const cron_fields& f) {
    return first_at_or_after(f, local_days{year{cron_fields::first_year} / 1 / 1}).has_value();
}

}  // namespace croft::text
