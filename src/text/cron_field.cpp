#include "text/cron_field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

#include "text/cron_hash.hpp"

namespace croft::text {
namespace {

constexpr std::array<cron_field_rule, 7> rules = {{
    {cron_unit::minute, "minute", 0, 59, "0-59, lists (0,30), ranges (0-29), steps (*/5), H and R"},
    {cron_unit::hour, "hour", 0, 23, "0-23, lists (9,17), ranges (9-17), steps (*/2), H and R"},
    {cron_unit::day, "day of month", 1, 31,
     "1-31, L (the last), 15W (nearest weekday), ?, lists, ranges, steps, H and R"},
    {cron_unit::month, "month", 1, 12, "1-12, jan-dec, lists, ranges (nov-feb), steps (*/3), H and R"},
    {cron_unit::weekday, "weekday", 0, 6,
     "0-7 (0 and 7 are Sunday), sun-sat, fri#2 (the second), L5 (the last Friday), ?, lists, ranges, steps, H and R"},
    {cron_unit::second, "second", 0, 59, "0-59, lists (0,30), ranges (0-29), steps (*/5), H and R"},
    {cron_unit::year, "year", cron_fields::first_year, cron_fields::last_year,
     "1970-2099, lists, ranges, steps, H and R"},
}};

constexpr std::array<std::string_view, 12> month_names = {"jan", "feb", "mar", "apr", "may", "jun",
                                                          "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekday_names = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// A number of digits only; one that is too long to matter is a million.
std::optional<int> digits(std::string_view text) {
    if (!all_digits(text)) return std::nullopt;
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} ? std::min(value, 1'000'000) : 1'000'000;
}

class field_parser {
public:
    field_parser(std::string_view text, cron_unit unit, const cron_draw& draw, bool zero_is_first)
        : text_(text), rule_(cron_rule(unit)), draw_(draw), zero_is_first_(zero_is_first) {}

    parsed<cron_field> parse() {
        if (text_ == "?" && (is(cron_unit::day) || is(cron_unit::weekday)))
            every();
        else if (text_.starts_with('h') || text_.starts_with('r'))
            drawn();
        else
            list();
        if (failure_) return std::unexpected(std::move(*failure_));
        return field_;
    }

private:
    bool is(cron_unit unit) const { return rule_.unit == unit; }

    void fail(std::string_view part, std::string_view why) {
        if (failure_) return;
        const auto at = static_cast<std::size_t>(part.data() - text_.data());
        failure_ =
            parse_failure{fmt::format("{} \"{}\" {}; allowed: {}", rule_.name, part, why, rule_.allowed), 1, at + 1};
    }

    void every() {
        field_.star = field_.recurring = true;
        fill(rule_.low, rule_.high, 1);
    }
    void set(int value) { field_.values.set(static_cast<std::size_t>(value - rule_.low)); }
    void fill(int low, int high, int step) {
        for (int value = low; value <= high; value += step) set(value);
    }

    void list() {
        bool only_stars = true;
        for (std::size_t at = 0; at <= text_.size() && !failure_;) {
            const std::size_t end = std::min(text_.find(',', at), text_.size());
            const auto part = text_.substr(at, end - at);
            only_stars = only_stars && part == "*";
            item(part);
            at = end + 1;
        }
        field_.star = only_stars;
    }

    void item(std::string_view part) {
        if (part.empty()) return fail(part, "is empty");
        if (is(cron_unit::day) && part == "l") {
            field_.last_day = true;
            return;
        }
        if (is(cron_unit::day) && part.size() > 1 && (part.ends_with('w') || part.starts_with('w')))
            return nearest(part);
        if (is(cron_unit::weekday) && part.starts_with('l') && part.size() > 1) return nth(part, part.substr(1), 0);
        if (const auto hash = part.find('#'); is(cron_unit::weekday) && hash != part.npos) {
            const auto n = digits(part.substr(hash + 1));
            if (!n || *n < 1 || *n > 5) return fail(part, "must have 1 to 5 after '#'");
            return nth(part, part.substr(0, hash), *n);
        }
        stepped(part);
    }

    /// `l5`, `fri#2`, `mon-fri#1`: the weekdays of `days`, in the nth week of the month (0: the last).
    void nth(std::string_view part, std::string_view days, int n) {
        if (days.contains('/') || days.contains('*') || (n == 0 && !all_digits(days)))
            return fail(part, "is not a weekday");
        const auto before = std::exchange(field_.values, {});
        range(days, 1);
        for (std::size_t day = 0; day < field_.nth.size(); ++day)
            if (field_.values[day]) field_.nth[day] |= static_cast<std::uint8_t>(1 << n);
        field_.values = before;
    }

    void nearest(std::string_view part) {
        const auto day = digits(part.starts_with('w') ? part.substr(1) : part.substr(0, part.size() - 1));
        if (!day || *day < 1 || *day > 31) return fail(part, "is not 1W to 31W");
        if (part.size() != text_.size()) return fail(part, "can't be in a list");
        field_.nearest_weekday = static_cast<std::uint8_t>(*day);
    }

    void stepped(std::string_view part) {
        const auto slash = part.find('/');
        const auto head = part.substr(0, slash);
        if (slash == part.npos) return head == "*" ? every() : range(head, 1);
        const auto step = digits(part.substr(slash + 1));
        if (!step || *step == 0) return fail(part, "must have a number from 1 after '/'");
        field_.recurring = true;
        if (head == "*") return fill(rule_.low, rule_.high, *step);
        if (head.contains('-')) return range(head, *step);
        if (const auto low = value(head)) fill(*low, rule_.high, *step);
    }

    /// "5", "5-9" and, with the step that followed it, "5-9/2".
    void range(std::string_view head, int step) {
        const auto dash = head.find('-');
        if (dash == head.npos) {
            if (const auto single = value(head)) set(*single);
            return;
        }
        if (dash == 0) return fail(head, "is negative");
        field_.recurring = true;
        const auto low = value(head.substr(0, dash));
        const auto end = head.substr(dash + 1);
        const auto high = is(cron_unit::day) && end == "l" ? rule_.high : value(end);
        if (!low || !high) return;
        if (*low == *high) return fill(rule_.low, rule_.high, step);
        if (*low < *high) return fill(*low, *high, step);
        fill(*low, rule_.high, step);
        fill(rule_.low + skipped_by_wrapping(*low, step), *high, step);
    }

    /// How many values after the wrap are jumped over by the step that crossed it: croniter's count, which takes one
    /// more than arithmetic would.
    int skipped_by_wrapping(int low, int step) const {
        const int left = (rule_.high - low) % step;  // values after the last one before the wrap
        const int index = rule_.high - left - rule_.low, count = rule_.high - rule_.low + 1;
        return index + step > count && left < step ? step - left : 0;
    }

    std::optional<int> value(std::string_view part) {
        const auto number = named(part);
        if (!number) {
            fail(part, "is not understood");
            return std::nullopt;
        }
        int n = *number;
        if (is(cron_unit::weekday) && n == 7) n = 0;
        if (is(cron_unit::day) && n == 0 && zero_is_first_) n = 1;
        if (n < rule_.low || n > rule_.high) {
            fail(part, "is out of range");
            return std::nullopt;
        }
        return n;
    }

    std::optional<int> named(std::string_view part) const {
        const std::span<const std::string_view> names = is(cron_unit::month) ? std::span(month_names)
                                                        : is(cron_unit::weekday)
                                                            ? std::span<const std::string_view>(weekday_names)
                                                            : std::span<const std::string_view>();
        if (const auto found = std::ranges::find(names, part); found != names.end())
            return static_cast<int>(found - names.begin()) + rule_.low;
        return digits(part);
    }

    /// H, H(0-29), H/15, H(0-29)/10, and R: one value, or one start in the first step and on from there.
    void drawn() {
        const bool hashed = text_.front() == 'h';
        auto rest = text_.substr(1);
        int low = rule_.low, high = rule_.high;
        if (rest.starts_with('(')) {
            const auto end = rest.find(')'), dash = rest.find('-');
            if (end == rest.npos || dash > end) return fail(text_, "must look like H(0-29)");
            const auto first = value(rest.substr(1, dash - 1)), last = value(rest.substr(dash + 1, end - dash - 1));
            if (!first || !last) return;
            if (*first >= *last) return fail(text_, "must have a range that rises");
            low = *first, high = *last;
            rest = rest.substr(end + 1);
        }
        std::optional<int> step;
        if (!rest.empty()) {
            step = rest.starts_with('/') ? digits(rest.substr(1)) : std::nullopt;
            if (!step || *step == 0) return fail(text_, "must look like H, H(0-29), H/15 or H(0-29)/10");
        }
        if (hashed && draw_.hash_id.empty()) return fail(text_, "needs a hash_id to be hashed");
        const int index = static_cast<int>(rule_.unit);
        const auto number = hashed ? crc32(draw_.hash_id) >> index : scrambled(draw_.seed, index);
        const int width = std::min(step.value_or(high - low + 1), high - low + 1);
        const int start = low + static_cast<int>(number % static_cast<std::uint32_t>(width));
        if (!step) return set(start);
        field_.recurring = true;
        fill(start, high, *step);
    }

    std::string_view text_;
    const cron_field_rule& rule_;
    const cron_draw& draw_;
    bool zero_is_first_;
    cron_field field_;
    std::optional<parse_failure> failure_;
};

}  // namespace

const cron_field_rule& cron_rule(cron_unit unit) { return rules[static_cast<std::size_t>(unit)]; }

parsed<cron_field> parse_cron_field(std::string_view text, cron_unit unit, const cron_draw& draw, bool zero_is_first) {
    return field_parser(text, unit, draw, zero_is_first).parse();
}

}  // namespace croft::text
