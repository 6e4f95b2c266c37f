#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/text.hpp"
#include "croft/condition.hpp"

namespace croft {

namespace {

[[noreturn]] void refuse(const model_info& model, const field_info& field, const value& v, std::string_view wanted) {
    throw error(fmt::format("{}.{}: {} is not {}", model.name, field.name, to_text(v), wanted));
}

value fit_integer(const model_info& model, const field_info& field, const value& v, std::int64_t low,
                  std::int64_t high) {
    std::int64_t number = 0;
    if (auto* i = std::get_if<std::int64_t>(&v))
        number = *i;
    else if (auto* d = std::get_if<double>(&v); d && *d == std::trunc(*d) && std::abs(*d) < 9e15)
        number = static_cast<std::int64_t>(*d);
    else
        refuse(model, field, v, "an integer");
    if (number < low || number > high) refuse(model, field, v, fmt::format("within {} … {}", low, high));
    return number;
}

template <class T>
value fit_integer(const model_info& model, const field_info& field, const value& v) {
    return fit_integer(model, field, v, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
}

}  // namespace

value fit(const model_info& model, const field_info& field, value v) {
    if (is_null(v)) {
        if (!field.nullable) refuse(model, field, v, "allowed: the field is not optional");
        return v;
    }
    switch (field.type) {
        case field_type::boolean:
            if (auto* i = std::get_if<std::int64_t>(&v); i && (*i == 0 || *i == 1)) return *i == 1;
            if (!std::holds_alternative<bool>(v)) refuse(model, field, v, "true or false");
            return v;
        case field_type::integer16:
            return fit_integer<std::int16_t>(model, field, v);
        case field_type::integer32:
            return fit_integer<std::int32_t>(model, field, v);
        case field_type::integer64:
        case field_type::reference:
            return fit_integer<std::int64_t>(model, field, v);
        case field_type::real:
            if (auto* i = std::get_if<std::int64_t>(&v)) return static_cast<double>(*i);
            if (!std::holds_alternative<double>(v)) refuse(model, field, v, "a number");
            return v;
        case field_type::text:
            if (!std::holds_alternative<std::string>(v)) refuse(model, field, v, "a text");
            return v;
        case field_type::bytes:
            if (!std::holds_alternative<bytes>(v)) refuse(model, field, v, "bytes");
            return v;
        case field_type::timestamp:
            if (auto* s = std::get_if<std::string>(&v)) {
                auto time = parse_time(*s);
                if (!time) refuse(model, field, v, "a time such as 2026-03-01T00:00:00Z");
                return *time;
            }
            if (!std::holds_alternative<time_point>(v)) refuse(model, field, v, "a time");
            return v;
    }
    return v;
}

}  // namespace croft
