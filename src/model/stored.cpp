// How a member of each C++ type becomes a value, and gets what a value or a cell holds.
#include "croft/detail/stored.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "croft/json.hpp"
#include "model/rows.hpp"

namespace croft {

namespace {

[[noreturn]] void misfit(const value& v, std::string_view wanted) {
    throw error(fmt::format("{} is not {}", to_text(v), wanted));
}

template <class T>
T within_range(std::int64_t number, const auto& given) {
    if (number < std::numeric_limits<T>::min() || number > std::numeric_limits<T>::max())
        misfit(given, fmt::format("within {} … {}", std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
    return static_cast<T>(number);
}

/// PostgreSQL's numeric comes as text, and sums and averages are of it: for SQL by hand.
template <class Number>
Number number_in(const db::cell_view& cell) {
    if (cell.type() == db::cell_type::text) {
        const auto text = cell.text();
        Number number{};
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
        if (!text.empty() && read.ec == std::errc{} && read.ptr == text.data() + text.size()) return number;
    }
    if constexpr (std::is_same_v<Number, double>)
        return cell.real();  // or throws
    else
        return cell.integer();
}

template <class T>
T integer_from(const value& v) {
    std::int64_t number = 0;
    if (auto* i = std::get_if<std::int64_t>(&v))
        number = *i;
    else if (auto* b = std::get_if<bool>(&v))
        number = *b;
    else if (auto* d = std::get_if<double>(&v); d && *d == std::trunc(*d) && std::abs(*d) < 9e15)
        number = static_cast<std::int64_t>(*d);
    else
        misfit(v, "an integer");
    return within_range<T>(number, v);
}

template <class T>
T parsed_from(const value& v, parsed<T> (*parse)(std::string_view), std::string_view wanted) {
    if (auto* held = std::get_if<T>(&v)) return *held;
    if (auto* text = std::get_if<std::string>(&v))
        if (auto read = parse(*text)) return *read;
    misfit(v, wanted);
}

template <class T>
T from_value(value v) {
    if constexpr (std::is_same_v<T, bool>) {
        if (auto* b = std::get_if<bool>(&v)) return *b;
        if (auto* i = std::get_if<std::int64_t>(&v); i && (*i == 0 || *i == 1)) return *i == 1;
        misfit(v, "a boolean");
    } else if constexpr (std::is_integral_v<T>) {
        return integer_from<T>(v);
    } else if constexpr (std::is_same_v<T, double>) {
        if (auto* d = std::get_if<double>(&v)) return *d;
        if (auto* i = std::get_if<std::int64_t>(&v)) return static_cast<double>(*i);
        misfit(v, "a number");
    } else if constexpr (std::is_same_v<T, std::string>) {
        if (auto* s = std::get_if<std::string>(&v)) return std::move(*s);
        misfit(v, "a text");
    } else if constexpr (std::is_same_v<T, bytes>) {
        if (auto* b = std::get_if<bytes>(&v)) return std::move(*b);
        misfit(v, "bytes");
    } else if constexpr (std::is_same_v<T, time_point>) {
        return parsed_from<T>(v, parse_time, "a time (RFC 3339)");
    } else if constexpr (std::is_same_v<T, date>) {
        return parsed_from<T>(v, parse_date, "a date");
    } else if constexpr (std::is_same_v<T, duration>) {
        return parsed_from<T>(v, parse_duration, "a duration");
    } else if constexpr (std::is_same_v<T, uuid>) {
        return parsed_from<T>(v, parse_uuid, "a UUID");
    } else if constexpr (std::is_same_v<T, json>) {
        if (auto* j = std::get_if<json_text>(&v)) return json::parse(j->text);
        misfit(v, "JSON");
    } else {
        return T{from_value<time_point>(std::move(v))};
    }
}

template <class T>
value into_value(const T& member) {
    if constexpr (std::is_same_v<T, bool>)
        return member;
    else if constexpr (std::is_integral_v<T>)
        return static_cast<std::int64_t>(member);
    else if constexpr (std::is_same_v<T, created_at> || std::is_same_v<T, modified_at>)
        return member.at;
    else if constexpr (std::is_same_v<T, json>)
        return stored_text(member);
    else
        return member;
}

/// What isn't null into what isn't optional.
template <class T>
void read_cell(const db::cell_view& cell, T& into) {
    if constexpr (std::is_same_v<T, bool>)
        into = cell.integer() != 0;
    else if constexpr (std::is_integral_v<T>) {
        const auto number = number_in<std::int64_t>(cell);
        into = within_range<T>(number, number);
    } else if constexpr (std::is_same_v<T, double>)
        into = number_in<double>(cell);
    else if constexpr (std::is_same_v<T, std::string>)
        into = cell.text();
    else if constexpr (std::is_same_v<T, bytes>)
        into.assign(cell.bytes().begin(), cell.bytes().end());
    else if constexpr (std::is_same_v<T, time_point>)
        into = time_in(cell);
    else if constexpr (std::is_same_v<T, date>)
        into = date_in(cell);
    else if constexpr (std::is_same_v<T, duration>)
        into = duration(cell.integer());
    else if constexpr (std::is_same_v<T, uuid>)
        into = uuid_in(cell);
    else if constexpr (std::is_same_v<T, json>)
        into = json::parse(cell.text());
    else
        into.at = time_in(cell);
}

}  // namespace

namespace detail {

#define CROFT_STORED_ONE(Type)                                                                            \
    value stored<Type>::get(const void* p) { return into_value(*static_cast<const Type*>(p)); }           \
    void stored<Type>::set(void* p, value v) { *static_cast<Type*>(p) = from_value<Type>(std::move(v)); } \
    void stored<Type>::read(void* p, const db::cell_view& cell) { read_cell(cell, *static_cast<Type*>(p)); }
#define CROFT_STORED(Type)                                                       \
    CROFT_STORED_ONE(Type)                                                       \
    value stored<std::optional<Type>>::get(const void* p) {                      \
        auto& m = *static_cast<const std::optional<Type>*>(p);                   \
        return m ? into_value(*m) : value{};                                     \
    }                                                                            \
    void stored<std::optional<Type>>::set(void* p, value v) {                    \
        auto& m = *static_cast<std::optional<Type>*>(p);                         \
        if (is_null(v))                                                          \
            m.reset();                                                           \
        else                                                                     \
            m = from_value<Type>(std::move(v));                                  \
    }                                                                            \
    void stored<std::optional<Type>>::read(void* p, const db::cell_view& cell) { \
        auto& m = *static_cast<std::optional<Type>*>(p);                         \
        if (cell.is_null())                                                      \
            m.reset();                                                           \
        else                                                                     \
            read_cell(cell, m.emplace());                                        \
    }
CROFT_STORED(bool)
CROFT_STORED(std::int16_t)
CROFT_STORED(std::int32_t)
CROFT_STORED(std::int64_t)
CROFT_STORED(double)
CROFT_STORED(std::string)
CROFT_STORED(croft::bytes)
CROFT_STORED(time_point)
CROFT_STORED(date)
CROFT_STORED(duration)
CROFT_STORED(uuid)
CROFT_STORED(json)
CROFT_STORED_ONE(created_at)
CROFT_STORED_ONE(modified_at)
#undef CROFT_STORED
#undef CROFT_STORED_ONE

value decimal_out(std::int64_t units, int scale) { return decimal_value{units, scale}; }
std::int64_t decimal_in(const value& v, int scale) {
    if (auto* number = std::get_if<decimal_value>(&v)) return rescaled(*number, scale).units;
    if (auto* whole = std::get_if<std::int64_t>(&v)) return rescaled({*whole, 0}, scale).units;
    misfit(v, "a decimal number");
}

bool cell_is_null(const db::cell_view& cell) noexcept { return cell.is_null(); }

std::int64_t decimal_from_cell(const db::cell_view& cell, int scale) { return croft::decimal_in(cell, scale).units; }

value enum_out(std::int64_t number, const enum_names& names) { return names.at(number); }
std::int64_t enum_in(const value& v, const enum_names& names) {
    if (auto* text = std::get_if<std::string>(&v))
        if (auto number = names.find(*text)) return *number;
    misfit(v, "a name of " + names.type);
}
std::int64_t enum_from_cell(const db::cell_view& cell, const enum_names& names) {
    if (auto number = names.find(cell.text())) return *number;
    misfit(std::string(cell.text()), "a name of " + names.type);
}

value get_reference(const reference& r) { return r.id; }
std::int64_t reference_from(value v) { return integer_from<std::int64_t>(v); }
std::int64_t reference_from_cell(const db::cell_view& cell) { return cell.integer(); }

}  // namespace detail
}  // namespace croft
