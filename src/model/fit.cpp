// Values as fields store them: what every value passes that is written or compared, whether it comes from C++, JSON,
// GraphQL or a command line.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "base/text.hpp"
#include "croft/field.hpp"
#include "croft/json.hpp"
#include "model/rows.hpp"

namespace croft {

namespace {

struct as_json {
    json operator()(bool b) const { return b; }
    json operator()(std::int64_t i) const { return i; }
    json operator()(double d) const { return d; }
    json operator()(const std::string& s) const { return s; }
    json operator()(const auto& other) const { return to_text(value(other)); }
};

void require_length(const model_info& model, const field_info& field, const std::string& s, std::size_t most) {
    const auto characters = static_cast<std::size_t>(
        std::ranges::count_if(s, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
    if (characters > most)
        throw error(fmt::format("{}.{}: {} is {} characters long; at most {} are allowed", model.name, field.name,
                                quoted(s), characters, most));
}

/// A value on its way into a field.
class fitting {
public:
    fitting(const model_info& model, const field_info& field, value v)
        : model_(model), named_(field), field_(field.stored_as()), v_(std::move(v)) {}

    value fit() {
        switch (field_.type) {
            case field_type::boolean:
                return boolean();
            case field_type::integer16:
                return integer<std::int16_t>();
            case field_type::integer32:
                return integer<std::int32_t>();
            case field_type::integer64:
            case field_type::reference:  // never: stored_as() is no reference
                return integer<std::int64_t>();
            case field_type::real:
                if (auto* i = std::get_if<std::int64_t>(&v_)) return static_cast<double>(*i);
                return as_it_is<double>("a number");
            case field_type::text:
                return text();
            case field_type::bytes:
                return as_it_is<bytes>("bytes");
            case field_type::timestamp:
                return parsed_or<time_point>(parse_time, "a time such as 2026-03-01T00:00:00Z");
            case field_type::date:
                return parsed_or<date>(parse_date, "a date such as 2026-03-01");
            case field_type::duration:
                return parsed_or<duration>(parse_duration, "a duration such as PT1H30M or 01:30:00");
            case field_type::uuid:
                return parsed_or<uuid>(parse_uuid, "a UUID such as 01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e80");
            case field_type::decimal:
                return decimal();
            case field_type::json:
                return json_of();
            case field_type::enumeration:
                return enumerator();
        }
        return std::move(v_);
    }

    [[noreturn]] void refuse(std::string_view wanted, std::string_view why = "") const {
        throw error(fmt::format("{}.{}: {} is not {}{}", model_.name, named_.name, to_text(v_), wanted, why));
    }

private:
    template <class T>
    value as_it_is(std::string_view wanted) {
        if (!std::holds_alternative<T>(v_)) refuse(wanted);
        return std::move(v_);
    }

    template <class T>
    value parsed_or(parsed<T> (*parse)(std::string_view), std::string_view wanted) {
        auto* s = std::get_if<std::string>(&v_);
        if (!s) return as_it_is<T>(wanted);
        auto read = parse(*s);
        if (!read) refuse(wanted, place(read.error()));
        return *read;
    }

    static std::string place(const parse_failure& failure) {
        return fmt::format(" (column {}: {})", failure.column, failure.message);
    }

    value boolean() {
        if (auto* i = std::get_if<std::int64_t>(&v_); i && (*i == 0 || *i == 1)) return *i == 1;
        return as_it_is<bool>("true or false");
    }

    template <class T>
    value integer() const {
        std::int64_t number = 0;
        if (auto* i = std::get_if<std::int64_t>(&v_))
            number = *i;
        else if (auto* d = std::get_if<double>(&v_); d && *d == std::trunc(*d) && std::abs(*d) < 9e15)
            number = static_cast<std::int64_t>(*d);
        else
            refuse("an integer");
        constexpr std::int64_t low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max();
        if (number < low || number > high) refuse(fmt::format("within {} … {}", low, high));
        return number;
    }

    value text() {
        auto fits = as_it_is<std::string>("a text");
        require_storable(model_, named_, fits);
        return fits;
    }

    value decimal() const {
        const auto wanted = fmt::format("a number of at most {} digits before the point and {} after it",
                                        18 - field_.scale, field_.scale);
        parsed<decimal_value> read;
        if (auto* d = std::get_if<decimal_value>(&v_))
            read = parse_decimal(to_text(*d), field_.scale);
        else if (auto* i = std::get_if<std::int64_t>(&v_))
            read = parse_decimal(std::to_string(*i), field_.scale);
        else if (auto* real = std::get_if<double>(&v_))  // the shortest text that reads back: 9.99 is what was meant
            read = parse_decimal(fmt::format("{}", *real), field_.scale);
        else if (auto* s = std::get_if<std::string>(&v_))
            read = parse_decimal(*s, field_.scale);
        else
            refuse(wanted);
        if (!read) refuse(wanted, place(read.error()));
        return *read;
    }

    value json_of() {
        if (std::holds_alternative<json_text>(v_)) return std::move(v_);
        if (std::holds_alternative<bytes>(v_)) refuse("JSON");
        return stored_text(std::visit(as_json{}, v_));
    }

    value enumerator() {
        auto fits = as_it_is<std::string>("the name of a value of " + field_.enum_name);
        const auto& s = std::get<std::string>(fits);
        if (std::ranges::find(field_.enumerators, s) == field_.enumerators.end()) {
            v_ = fits;
            refuse("one of " + field_.enum_name,
                   did_you_mean(s, {field_.enumerators.begin(), field_.enumerators.end()}));
        }
        return fits;
    }

    const model_info& model_;
    const field_info& named_;
    const field_info& field_;
    value v_;
};

}  // namespace

void require_storable(const model_info& model, const field_info& field, const value& v) {
    const auto& kept = field.stored_as();
    if (const auto* s = std::get_if<std::string>(&v); s && kept.max_length)
        require_length(model, field, *s, kept.max_length);
    const auto* at = std::get_if<time_point>(&v);
    const auto* day = std::get_if<date>(&v);
    constexpr date first = std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
    constexpr date end = std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1};
    if ((at && (*at < first || *at >= end)) || (day && (*day < first || *day >= end)))
        throw error(fmt::format("{}.{}: it must lie within the years 1 to 9999 to be stored", model.name, field.name));
}

void detail::too_great(std::uint64_t number) {
    throw error(fmt::format("{} fits into no field: {} is the greatest integer that one can hold", number,
                            std::numeric_limits<std::int64_t>::max()));
}

value fit(const model_info& model, const field_info& field, value v) {
    if (is_null(v) && field.nullable) return v;
    const bool json_null = is_null(v) && field.type == field_type::json;
    if (json_null) return json_text{"null"};
    const bool missing = is_null(v);
    fitting into(model, field, std::move(v));
    if (missing) into.refuse("allowed: the field is not optional");
    return into.fit();
}

}  // namespace croft
