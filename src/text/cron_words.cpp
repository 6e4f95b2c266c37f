#include "text/cron_words.hpp"

#include <fmt/format.h>

#include <bit>
#include <vector>

#include "text/cron_parser.hpp"

namespace croft::text {
namespace {

using name_of = std::string (*)(int);

std::string number(int n) { return std::to_string(n); }
std::string two_digits(int n) { return fmt::format("{:02}", n); }
std::string month(int n) {
    constexpr const char* names[] = {"",     "January", "February",  "March",   "April",    "May",     "June",
                                     "July", "August",  "September", "October", "November", "December"};
    return names[n];
}
std::string weekday(int n) {
    constexpr const char* names[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    return names[n];
}
std::string ordinal(int n) {
    constexpr const char* names[] = {"last", "first", "second", "third", "fourth", "fifth"};
    return names[n];
}

std::string joined(const std::vector<std::string>& parts, std::string_view last) {
    std::string all;
    for (std::size_t i = 0; i < parts.size(); ++i)
        all += (i == 0 ? "" : i + 1 == parts.size() ? fmt::format(" {} ", last) : ", ") + parts[i];
    return all;
}

/// "1, 3 to 5 and 9".
std::string listed(std::uint64_t bits, name_of name) {
    std::vector<std::string> parts;
    for (int i = 0; i < 64; ++i) {
        if (!(bits >> i & 1)) continue;
        int end = i;
        while (end < 63 && (bits >> (end + 1) & 1)) ++end;
        if (end - i < 2)
            end = i, parts.push_back(name(i));
        else
            parts.push_back(fmt::format("{} to {}", name(i), name(end)));
        i = end;
    }
    return joined(parts, "and");
}

bool is_full(std::uint64_t bits, int count) { return std::popcount(bits) == count; }

/// n of "*/n", where the bits are that; else 0.
int step_of(std::uint64_t bits, int count) {
    if (!(bits & 1) || std::popcount(bits) < 2) return 0;
    const int step = std::countr_zero(bits & ~std::uint64_t{1});
    std::uint64_t wanted = 0;
    for (int i = 0; i < count; i += step) wanted |= std::uint64_t{1} << i;
    return bits == wanted ? step : 0;
}

std::string every(std::uint64_t bits, int count, std::string_view unit) {
    if (is_full(bits, count)) return fmt::format("every {}", unit);
    if (const int step = step_of(bits, count)) return fmt::format("every {} {}s", step, unit);
    return fmt::format("at {}{} {}", unit, std::popcount(bits) > 1 ? "s" : "", listed(bits, number));
}

std::string time_of_day(const cron_fields& f) {
    const bool plain_second = f.seconds == 1;
    if (plain_second && std::popcount(f.minutes) == 1 && std::popcount(f.hours) <= 6) {
        std::vector<std::string> times;
        for (int hour = 0; hour < 24; ++hour)
            if (f.hours >> hour & 1) times.push_back(two_digits(hour) + ":" + two_digits(std::countr_zero(f.minutes)));
        return "at " + joined(times, "and");
    }
    std::string words = plain_second ? "" : every(f.seconds, 60, "second") + ", ";
    words += every(f.minutes, 60, "minute");
    if (is_full(f.hours, 24)) return words + (words.starts_with("at") ? " of every hour" : "");
    const int step = step_of(f.hours, 24);
    return words +
           (step ? fmt::format(" of every {} hours from midnight on", step)
                 : fmt::format(" of the hour{} {}", std::popcount(f.hours) > 1 ? "s" : "", listed(f.hours, number)));
}

std::string days_of_month(const cron_fields& f) {
    std::vector<std::string> parts;
    if (f.days != 0) parts.push_back(fmt::format("day {} of the month", listed(f.days, number)));
    if (f.last_day) parts.push_back("the last day of the month");
    if (f.nearest_weekday != 0)
        parts.push_back(fmt::format("the weekday nearest to the {} of the month", f.nearest_weekday));
    return "on " + joined(parts, "and");
}

std::string days_of_week(const cron_fields& f) {
    std::vector<std::string> parts;
    for (int nth = 0; nth <= 5; ++nth)
        for (int day = 0; day < 7; ++day)
            if (f.nth_weekdays[static_cast<std::size_t>(day)] >> nth & 1)
                parts.push_back(fmt::format("the {} {} of the month", ordinal(nth), weekday(day)));
    if (parts.empty()) parts.push_back(listed(f.weekdays, weekday));
    return "on " + joined(parts, "and");
}

std::string years(const cron_fields& f) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < f.years.size(); ++i)
        if (f.years[i]) parts.push_back(std::to_string(cron_fields::first_year + static_cast<int>(i)));
    if (parts.size() > 6) return fmt::format("in {} of the years {} to {}", parts.size(), parts.front(), parts.back());
    return "in " + joined(parts, "and");
}

}  // namespace

parsed<std::string> cron_words(std::string_view expression, const cron_options& options) {
    const auto read = parse_cron(expression, options);
    if (!read) return std::unexpected(read.error());
    if (read->period.count() > 0) return "every " + to_text(duration(read->period));
    const auto& f = read->fields;
    std::string words = time_of_day(f);
    if (!f.any_day) words += ", " + days_of_month(f);
    if (!f.any_weekday)
        words += (f.any_day  ? ", "
                  : f.day_or ? " or "
                             : " where that is ") +
                 days_of_week(f).substr(f.any_day || f.day_or ? 0 : 3);
    if (!is_full(f.months, 12)) words += ", in " + listed(f.months, month);
    if (!f.any_year) words += ", " + years(f);
    if (!options.timezone.empty()) words += ", " + options.timezone + " time";
    return words;
}

}  // namespace croft::text
