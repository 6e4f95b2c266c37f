#include "text/cron_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "text/cron_calendar.hpp"
#include "text/cron_field.hpp"

namespace croft::text {
namespace {

using namespace std::chrono;

constexpr std::size_t longest = 1024;

struct alias {
    std::string_view name, plain, hashed;
};
constexpr std::array<alias, 7> aliases = {{
    {"@hourly", "0 * * * *", "h * * * * h"},
    {"@daily", "0 0 * * *", "h h * * * h"},
    {"@midnight", "0 0 * * *", "h h(0-2) * * * h"},
    {"@weekly", "0 0 * * 0", "h h * * h h"},
    {"@monthly", "0 0 1 * *", "h h h * * h"},
    {"@yearly", "0 0 1 1 *", "h h h h * h"},
    {"@annually", "0 0 1 1 *", "h h h h * h"},
}};

struct word {
    std::string_view text;
    std::size_t column;
};

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

std::vector<word> split(std::string_view text) {
    std::vector<word> words;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && !is_blank(text[end])) ++end;
        if (end > at) words.push_back({text.substr(at, end - at), at + 1});
        at = end + 1;
    }
    return words;
}

std::unexpected<parse_failure> failure(std::string message, std::size_t column) {
    return std::unexpected(parse_failure{std::move(message), 1, column});
}

seconds unit_of(char c) {
    switch (c) {
        case 's':
            return seconds{1};
        case 'm':
            return minutes{1};
        case 'h':
            return hours{1};
        case 'd':
            return days{1};
        default:
            return seconds{0};
    }
}

/// "90s", "1h30m".
parsed<seconds> parse_period(word text) {
    constexpr seconds limit = days{366};
    seconds total{0};
    std::size_t at = 0;
    while (at < text.text.size()) {
        const std::size_t start = at;
        std::int64_t count = 0;
        for (; at < text.text.size() && text.text[at] >= '0' && text.text[at] <= '9'; ++at)
            count = std::min<std::int64_t>(count * 10 + (text.text[at] - '0'), limit.count() + 1);
        const seconds unit = at < text.text.size() && at > start ? unit_of(text.text[at]) : seconds{0};
        if (unit.count() == 0)
            return failure("@every takes numbers with s, m, h or d, such as 90s or 1h30m", text.column + at);
        total = std::min(total + count * unit, limit + seconds{1});
        ++at;
    }
    if (total < seconds{1} || total > limit) return failure("@every takes an interval from 1s to 366d", text.column);
    return total;
}

/// The units in the order they are written in.
std::vector<cron_unit> units(std::size_t count, bool seconds_first) {
    using enum cron_unit;
    std::vector<cron_unit> order = {minute, hour, day, month, weekday, second, year};
    order.resize(count);
    if (seconds_first && count > 5) std::rotate(order.begin(), order.begin() + 5, order.begin() + 6);
    return order;
}

void store(cron_fields& to, cron_unit unit, const cron_field& field) {
    const auto bits = [&] { return (field.values << static_cast<std::size_t>(cron_rule(unit).low)).to_ullong(); };
    switch (unit) {
        case cron_unit::minute:
            to.minutes = bits();
            break;
        case cron_unit::hour:
            to.hours = static_cast<std::uint32_t>(bits());
            break;
        case cron_unit::month:
            to.months = static_cast<std::uint16_t>(bits());
            break;
        case cron_unit::second:
            to.seconds = bits();
            break;
        case cron_unit::year:
            to.years = field.values;
            break;
        case cron_unit::day:
            to.days = static_cast<std::uint32_t>(bits());
            to.last_day = field.last_day;
            to.nearest_weekday = field.nearest_weekday;
            to.any_day = field.star;
            break;
        case cron_unit::weekday:
            to.weekdays = static_cast<std::uint8_t>(bits());
            to.nth_weekdays = field.nth;
            to.any_weekday = field.star;
            break;
    }
    if (unit == cron_unit::minute || unit == cron_unit::hour) to.recurring |= field.recurring;
    if (unit == cron_unit::year) to.any_year = field.star;
}

bool all_days(const cron_fields& f) { return f.days == 0xFFFF'FFFE; }
bool all_weekdays(const cron_fields& f) { return f.weekdays == 0x7F; }

/// croniter: a full field ("1-31") counts as "*" where the other of the two is written with a star ("*/2"), so that it
/// doesn't make a union of everything.
void settle_full_days(cron_fields& f, std::string_view day, std::string_view weekday) {
    const bool any_day = f.any_day || (all_days(f) && weekday.contains('*'));
    f.any_weekday = f.any_weekday || (all_weekdays(f) && day.contains('*'));
    f.any_day = any_day;
}

/// "5,6#3": croniter refuses what its own dialects disagree about.
bool mixes_weekdays(const cron_fields& f) {
    std::uint8_t nth = 0;
    for (int day = 0; day < 7; ++day)
        if (f.nth_weekdays[day] != 0) nth |= static_cast<std::uint8_t>(1 << day);
    return nth != 0 && !all_weekdays(f) && (f.weekdays & ~nth) != 0;
}

parsed<cron_expression> parse_fields(const std::vector<word>& words, const cron_options& options, bool seconds_first) {
    if (words.size() < 5 || words.size() > 7)
        return failure(
            fmt::format("a cron expression has 5, 6 or 7 fields (minute hour day month weekday [second [year]]) "
                        "or is @hourly, @daily, @midnight, @weekly, @monthly, @yearly or @every 90s; this has {}",
                        words.size()),
            words.size() > 7 ? words[7].column : 1);
    cron_expression result;
    cron_fields& fields = result.fields;
    const cron_draw draw{options.hash_id, options.seed};
    const auto order = units(words.size(), seconds_first);
    word day{}, weekday{};
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (order[i] == cron_unit::day) day = words[i];
        if (order[i] == cron_unit::weekday) weekday = words[i];
        auto field = parse_cron_field(words[i].text, order[i], draw, words.size() == 6);
        if (!field) return failure(std::move(field.error().message), words[i].column + field.error().column - 1);
        store(fields, order[i], *field);
    }
    fields.has_seconds = words.size() > 5;
    fields.day_or = options.day_or;
    settle_full_days(fields, day.text, weekday.text);
    if (mixes_weekdays(fields))
        return failure(fmt::format("weekday \"{}\" mixes plain weekdays with # or L; allowed: one kind", weekday.text),
                       weekday.column);
    if (!options.may_never && !ever_matches(fields))
        return failure(fmt::format("day of month \"{}\" never comes with these months, weekdays and years", day.text),
                       day.column);
    return result;
}

}  // namespace

parsed<cron_expression> parse_cron(std::string_view expression, const cron_options& options) {
    if (expression.size() > longest)
        return failure(fmt::format("a cron expression has at most {} bytes, this has {}", longest, expression.size()),
                       longest + 1);
    const std::string text = lower(expression);
    auto words = split(text);
    if (words.size() == 2 && words[0].text == "@every") {
        const auto period = parse_period(words[1]);
        if (!period) return std::unexpected(period.error());
        return cron_expression{.period = *period};
    }
    if (words.size() == 1)
        if (const auto found = std::ranges::find(aliases, words[0].text, &alias::name); found != aliases.end())
            return parse_fields(split(options.hash_id.empty() ? found->plain : found->hashed), options, false);
    return parse_fields(words, options, options.seconds_first);
}

}  // namespace croft::text
