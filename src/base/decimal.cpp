#include "croft/decimal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace croft {

namespace {

constexpr int most_digits = 18;

[[noreturn]] void too_long(std::string_view number, int scale) {
    throw error(fmt::format("{} is too large for a decimal: {} digits before the point and {} after it at most", number,
                            most_digits - scale, scale));
}

/// The digits of a number's text, and where its point stands.
class digits {
public:
    digits(std::string_view text, int scale) : text_(text), scale_(scale) {}

    parsed<decimal_value> read() {
        const bool negative = peek() == '-';
        if (peek() == '-' || peek() == '+') ++at_;
        bool any = take_digits(false);
        if (peek() == '.') {
            ++at_;
            any = take_digits(true) || any;
        }
        if (!any) return fail("expected digits");
        if ((peek() == 'e' || peek() == 'E') && !take_exponent()) return fail("expected the exponent's digits");
        if (at_ < text_.size()) return fail("expected the end of the number");
        return finish(negative);
    }

private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }

    bool take_digits(bool fraction) {
        const auto start = at_;
        for (; is_digit(peek()); ++at_) {
            if (!found_.empty() || peek() != '0') found_ += peek();
            if (fraction) ++after_point_;
        }
        return at_ > start;
    }
    bool take_exponent() {
        ++at_;
        const bool negative = peek() == '-';
        if (peek() == '-' || peek() == '+') ++at_;
        if (!is_digit(peek())) return false;
        int exponent = 0;
        for (; is_digit(peek()); ++at_) exponent = std::min(exponent * 10 + (peek() - '0'), 10'000);
        after_point_ += negative ? exponent : -exponent;
        return true;
    }
    parsed<decimal_value> finish(bool negative) {
        while (after_point_ > scale_ && !found_.empty() && found_.back() == '0') found_.pop_back(), --after_point_;
        if (found_.empty()) return decimal_value{0, scale_};
        if (after_point_ > scale_)
            return fail(fmt::format("more than {} digits after the point: some would be lost", scale_));
        const auto missing = static_cast<std::size_t>(scale_ - after_point_);
        if (found_.size() + missing > most_digits)
            return fail(fmt::format("more than {} digits before the point", most_digits - scale_));
        found_.append(missing, '0');
        const auto units = std::strtoll(found_.c_str(), nullptr, 10);
        return decimal_value{negative ? -units : units, scale_};
    }
    std::unexpected<parse_failure> fail(std::string message) const {
        return std::unexpected(parse_failure{std::move(message), 1, at_ + 1});
    }

    std::string_view text_;
    int scale_;
    std::size_t at_ = 0;
    std::string found_;  // without leading zeros
    int after_point_ = 0;
};

}  // namespace

std::strong_ordering operator<=>(decimal_value a, decimal_value b) noexcept {
    const int scale = std::max(a.scale, b.scale);
    const auto at = [&](decimal_value v) {
        return static_cast<__int128>(v.units) * detail::power_of_ten(scale - v.scale);
    };
    return at(a) <=> at(b);
}

std::string to_text(decimal_value number) {
    std::string text = std::to_string(number.units);
    if (number.scale == 0) return text;
    const std::size_t sign = number.units < 0, after = static_cast<std::size_t>(number.scale);
    if (text.size() - sign <= after) text.insert(sign, after + 1 - (text.size() - sign), '0');
    return text.insert(text.size() - after, 1, '.');
}

parsed<decimal_value> parse_decimal(std::string_view text, int scale) { return digits(text, scale).read(); }

decimal_value rescaled(decimal_value number, int scale) {
    if (scale >= number.scale) {
        const auto units = static_cast<__int128>(number.units) * detail::power_of_ten(scale - number.scale);
        if (units > detail::most_units || units < -detail::most_units) too_long(to_text(number), scale);
        return {static_cast<std::int64_t>(units), scale};
    }
    const auto step = detail::power_of_ten(number.scale - scale);
    if (number.units % step != 0)
        throw error(
            fmt::format("{} has more than {} digits after the point: some would be lost", to_text(number), scale));
    return {number.units / step, scale};
}

decimal_value nearest_decimal(double number, int scale) {
    // Through the shortest text that reads back as this double: 1.005 means 1.005, not the 1.00499… that it is.
    const auto shortest = fmt::format("{}", number);
    if (!std::isfinite(number)) throw error(shortest + " is no decimal number");
    auto exact = parse_decimal(shortest, most_digits);
    for (int finer = most_digits - 1; !exact && finer >= scale; --finer) exact = parse_decimal(shortest, finer);
    if (!exact || exact->scale < scale) {
        const double units = std::round(number * static_cast<double>(detail::power_of_ten(scale)));
        if (std::abs(units) > static_cast<double>(detail::most_units)) too_long(shortest, scale);
        return {static_cast<std::int64_t>(units), scale};
    }
    const auto step = detail::power_of_ten(exact->scale - scale);
    const auto half = exact->units < 0 ? -(step / 2) : step / 2;
    const auto units = (exact->units + half) / step;
    if (units > detail::most_units || units < -detail::most_units) too_long(shortest, scale);
    return {units, scale};
}

void detail::decimal_overflow(int scale) {
    throw error(fmt::format("the result is too large for a decimal: {} digits before the point and {} after it at most",
                            most_digits - scale, scale));
}

}  // namespace croft
