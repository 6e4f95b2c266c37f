// Decimal numbers that are exact: money, weights, rates. The digits after the point are part of the type.
//
//     croft::decimal<2> price = 9.99;                  // a literal must fit exactly: 9.999 doesn't compile
//     price = price * 3 + 1;                           // 30.97
//     croft::decimal<2>::rounded(0.1 + 0.2);           // 0.30, of a double that is known at run time only
//     croft::to_text(price);                           // "30.97"
//
// 18 digits in all; more, and digits that would be lost, throw croft::error. Any thread.
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "croft/error.hpp"

namespace croft {

/// A decimal number whose digits after the point are known at run time: {1250, 2} is 12.50. Compared by what it is
/// worth: 1.5 == 1.50.
struct decimal_value {
    std::int64_t units = 0;  // steps of 10^-scale
    int scale = 0;           // 0 to 18

    friend std::strong_ordering operator<=>(decimal_value a, decimal_value b) noexcept;
    friend bool operator==(decimal_value a, decimal_value b) noexcept { return (a <=> b) == 0; }
};

/// "12.50", "-0.05", "7".
std::string to_text(decimal_value number);
/// Reads what to_text writes, with a sign, and an exponent ("1e3"). Refuses a number of more than 18 digits, or with
/// digits beyond `scale` that are not 0.
parsed<decimal_value> parse_decimal(std::string_view text, int scale);
/// The same number with another scale. Throws croft::error when digits would be lost or the number grows too long.
decimal_value rescaled(decimal_value number, int scale);
/// The double's nearest decimal, halves away from zero. Throws croft::error beyond 18 digits and for NaN.
decimal_value nearest_decimal(double number, int scale);

namespace detail {
inline constexpr std::int64_t most_units = 999'999'999'999'999'999;  // 18 digits, as NUMERIC(18, …) holds them
[[noreturn]] void decimal_overflow(int scale);
constexpr std::int64_t power_of_ten(int exponent) noexcept {
    std::int64_t power = 1;
    for (; exponent > 0; --exponent) power *= 10;
    return power;
}
}  // namespace detail

template <int Scale>
class decimal {
    static_assert(Scale >= 0 && Scale <= 18, "croft::decimal<Scale>: 0 to 18 digits after the point");

public:
    constexpr decimal() = default;
    template <std::integral Integer>
        requires(!std::same_as<Integer, bool>)
    constexpr decimal(Integer whole) : units_(checked(static_cast<__int128>(whole) * detail::power_of_ten(Scale))) {}
    /// Of a literal that has no more digits than there is room for.
    consteval decimal(double literal) : units_(exactly(literal)) {}
    /// Throws croft::error when digits would be lost.
    explicit decimal(decimal_value number) : units_(rescaled(number, Scale).units) {}
    /// Throws parse_error.
    explicit decimal(std::string_view text) {
        auto read = parse_decimal(text, Scale);
        if (!read) throw parse_error("decimal", std::move(read.error()));
        units_ = read->units;
    }
    static decimal rounded(double number) { return from_units(nearest_decimal(number, Scale).units); }
    /// from_units(1250) of a decimal<2> is 12.50.
    static constexpr decimal from_units(std::int64_t units) {
        decimal made;
        made.units_ = checked(units);
        return made;
    }

    constexpr std::int64_t units() const noexcept { return units_; }
    constexpr operator decimal_value() const noexcept { return {units_, Scale}; }
    explicit constexpr operator double() const noexcept {
        return static_cast<double>(units_) / static_cast<double>(detail::power_of_ten(Scale));
    }

    constexpr decimal operator-() const { return from_units(-units_); }
    friend constexpr decimal operator+(decimal a, decimal b) { return from_units(a.units_ + b.units_); }
    friend constexpr decimal operator-(decimal a, decimal b) { return from_units(a.units_ - b.units_); }
    template <std::integral Integer>
    friend constexpr decimal operator*(decimal a, Integer times) {
        return from_units(checked(static_cast<__int128>(a.units_) * times));
    }
    template <std::integral Integer>
    friend constexpr decimal operator*(Integer times, decimal a) {
        return a * times;
    }
    constexpr decimal& operator+=(decimal other) { return *this = *this + other; }
    constexpr decimal& operator-=(decimal other) { return *this = *this - other; }
    friend constexpr bool operator==(decimal, decimal) = default;
    friend constexpr auto operator<=>(decimal, decimal) = default;

private:
    static constexpr std::int64_t checked(__int128 units) {
        if (units > detail::most_units || units < -detail::most_units) detail::decimal_overflow(Scale);
        return static_cast<std::int64_t>(units);
    }
    static consteval std::int64_t exactly(double literal) {
        const double scaled = literal * static_cast<double>(detail::power_of_ten(Scale));
        const auto units = static_cast<std::int64_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
        const double off = scaled - static_cast<double>(units);
        if (off > 1e-6 || off < -1e-6) throw "this literal has more digits after the point than the decimal";
        return checked(units);
    }

    std::int64_t units_ = 0;
};

template <int Scale>
std::string to_text(decimal<Scale> number) {
    return to_text(decimal_value(number));
}

}  // namespace croft
