// format: a text with values in it. What log lines, notifications and commands are written with.
//
//     croft::format("{} sells for {}", item.name, item.market_price);      // "Hoe sells for 12", "Hoe sells for none"
//
// Each `{}` is replaced by the next argument; everything else stays as it is, so any text is a good pattern. Arguments
// that are left over are appended after a colon: format("items loaded", report) is "items loaded: Item: 12 inserted …";
// a `{}` without an argument stays. An argument may be a text, number, bool, time, duration, json, error, anything with
// describe() or with a to_text(x) beside its type, and std::optional and ranges of these. Any thread.
#pragma once

#include <concepts>
#include <cstddef>
#include <exception>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>

#include "croft/error.hpp"
#include "croft/time.hpp"
#include "croft/value.hpp"

namespace croft {

std::string to_text(const value& v);  // model_info.hpp

namespace detail {

std::string text_of_integer(long long number);
std::string text_of_integer(unsigned long long number);
/// The shortest text that reads back as the same number: 0.1, 1e+30, nan.
std::string text_of_real(double number);

/// Every argument becomes a text here, so that the rest is compiled once.
std::string fill(std::string_view pattern, const std::string* arguments, std::size_t count);

template <class T>
inline constexpr bool has_no_text = false;

template <class T>
std::string text_of(const T& x) {
    if constexpr (std::is_same_v<T, bool>) {
        return x ? "true" : "false";
    } else if constexpr (std::is_same_v<T, char>) {
        return std::string(1, x);
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
        if constexpr (std::is_pointer_v<T>) return x ? std::string(std::string_view(x)) : "(null)";
        return std::string(std::string_view(x));
    } else if constexpr (std::is_floating_point_v<T>) {
        return text_of_real(static_cast<double>(x));
    } else if constexpr (std::unsigned_integral<T>) {
        return text_of_integer(static_cast<unsigned long long>(x));
    } else if constexpr (std::integral<T>) {
        return text_of_integer(static_cast<long long>(x));
    } else if constexpr (requires {
                             { x.describe() } -> std::convertible_to<std::string>;
                         }) {
        return x.describe();
    } else if constexpr (std::is_same_v<T, std::exception_ptr>) {
        return croft::describe(x, true);  // not detail::describe of model.hpp
    } else if constexpr (std::is_base_of_v<std::exception, T>) {
        return x.what();
    } else if constexpr (std::is_same_v<T, value>) {
        return to_text(x);
    } else if constexpr (requires {
                             { to_text(x) } -> std::convertible_to<std::string>;
                         }) {
        return to_text(x);
    } else if constexpr (requires {
                             std::chrono::ceil<duration>(x);
                             x.time_since_epoch();
                         }) {
        return to_text(std::chrono::floor<duration>(x));
    } else if constexpr (requires { std::chrono::duration_cast<duration>(x); }) {
        return to_text(std::chrono::duration_cast<duration>(x));
    } else if constexpr (requires {
                             { x.dump() } -> std::convertible_to<std::string>;
                         }) {
        return x.dump();
    } else if constexpr (requires {
                             x.has_value();
                             *x;
                         }) {
        return x.has_value() ? text_of(*x) : "none";
    } else if constexpr (requires {
                             std::begin(x);
                             std::end(x);
                         }) {
        std::string all;
        for (const auto& one : x) all += (all.empty() ? "" : ", ") + text_of(one);
        return all;
    } else {
        static_assert(has_no_text<T>, "give this type a describe() or, in its namespace, a to_text(x)");
    }
}

template <class T>
std::string argument_text(const T& x) {
    if constexpr (std::is_array_v<T>)
        return std::string(std::string_view(x));
    else
        return text_of(x);
}

}  // namespace detail

template <class... Arguments>
std::string format(std::string_view pattern, const Arguments&... arguments) {
    const std::string texts[sizeof...(arguments) + 1] = {detail::argument_text(arguments)...};
    return detail::fill(pattern, texts, sizeof...(arguments));
}

}  // namespace croft
