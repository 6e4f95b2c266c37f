#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "croft/time.hpp"

namespace croft {

namespace {

using wide = __int128;

/// Walks over the text; the first thing that is not as expected ends it.
class scanner {
public:
    explicit scanner(std::string_view text) : text_(text) {}

    parsed<duration> read() {
        const bool negative = take('-');
        if (!negative) take('+');
        if (take('P'))
            designators();
        else
            clock();
        if (at_ < text_.size()) fail("expected the end of the duration");
        if (failure_) return std::unexpected(*failure_);
        if (total_ > std::numeric_limits<std::int64_t>::max()) {
            at_ = 0;
            fail("the duration is longer than 292,000 years");
            return std::unexpected(*failure_);
        }
        const auto count = static_cast<std::int64_t>(total_);
        return duration{negative ? -count : count};
    }

private:
    static constexpr wide second = 1'000'000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
    static constexpr wide longest = wide{1} << 70;  // far beyond what is accepted, far below what overflows

    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char c) {
        if (peek() != c) return false;
        ++at_;
        return true;
    }
    bool digit() const { return peek() >= '0' && peek() <= '9'; }
    void fail(std::string message) {
        if (!failure_) failure_ = parse_failure{std::move(message), 1, at_ + 1};
        at_ = text_.size();
    }

    /// Digits, with a fraction of at most 6 that count: as millionths.
    wide millionths() {
        if (!digit()) return fail("expected a number"), 0;
        wide number = 0;
        for (; digit(); ++at_) number = std::min(number * 10 + (peek() - '0'), longest);
        number *= 1'000'000;
        fraction_ = take('.') || take(',');
        if (!fraction_) return number;
        if (!digit()) return fail("expected a digit after the decimal point"), 0;
        for (wide unit = 100'000; digit(); ++at_, unit /= 10) number += (peek() - '0') * unit;
        return number;
    }

    /// P1W, P1DT2H3M4.5S
    void designators() {
        struct unit {
            char letter;
            wide length;
            bool of_the_day;
        };
        constexpr unit units[] = {
            {'W', 7 * day, false}, {'D', day, false}, {'H', hour, true}, {'M', minute, true}, {'S', second, true}};
        const unit* next = units;
        bool time = false, any = false;
        while (at_ < text_.size()) {
            if (!time && take('T')) {
                time = true, any = false;
                continue;
            }
            const auto number = millionths();
            const char letter = peek();
            if (!time && (letter == 'Y' || letter == 'M'))
                return fail("years and months have no fixed length: give days");
            const auto* found = next;
            while (found != std::end(units) && (found->letter != letter || found->of_the_day != time)) ++found;
            if (found == std::end(units)) return fail("expected one of W, D, H, M, S, each once and in this order");
            ++at_;
            total_ += number * found->length / 1'000'000;
            next = found + 1;
            any = true;
            if (fraction_ && at_ < text_.size()) return fail("only the last part may have a fraction");
        }
        if (!any) fail("expected a number and its unit");
    }

    /// 01:30:00, 90:00.5
    void clock() {
        wide parts[3] = {};
        int count = 0;
        do {
            if (count == 3) return fail("expected at most hours, minutes and seconds");
            parts[count++] = millionths();
            if (fraction_ && peek() == ':') return fail("only the seconds may have a fraction");
        } while (!failure_ && take(':'));
        if (failure_) return;
        if (count == 1) return fail("expected a duration such as PT1H30M or 01:30:00: a number alone has no unit");
        for (int i = 1; i < count; ++i)
            if (parts[i] >= 60'000'000) return fail("minutes and seconds go to 59");
        for (int i = 0; i < count; ++i) total_ = total_ * 60 + parts[i];
    }

    std::string_view text_;
    std::size_t at_ = 0;
    wide total_ = 0;  // microseconds
    bool fraction_ = false;
    std::optional<parse_failure> failure_;
};

}  // namespace

std::string to_iso_text(duration d) {
    if (d == duration::zero()) return "PT0S";
    const bool negative = d < duration::zero();
    auto left =
        negative ? std::uint64_t{0} - static_cast<std::uint64_t>(d.count()) : static_cast<std::uint64_t>(d.count());
    const auto take = [&](std::uint64_t unit) { return std::exchange(left, left % unit) / unit; };
    const auto days = take(86'400'000'000), hours = take(3'600'000'000), minutes = take(60'000'000),
               seconds = take(1'000'000);
    std::string text = negative ? "-P" : "P";
    if (days) text += fmt::format("{}D", days);
    if (!hours && !minutes && !seconds && !left) return text;
    text += 'T';
    if (hours) text += fmt::format("{}H", hours);
    if (minutes) text += fmt::format("{}M", minutes);
    if (left) {
        auto fraction = fmt::format("{:06}", left);
        fraction.erase(fraction.find_last_not_of('0') + 1);
        text += fmt::format("{}.{}S", seconds, fraction);
    } else if (seconds) {
        text += fmt::format("{}S", seconds);
    }
    return text;
}

parsed<duration> parse_duration(std::string_view text) { return scanner(text).read(); }

}  // namespace croft
