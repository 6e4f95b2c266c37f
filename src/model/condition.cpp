#include "croft/condition.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/text.hpp"

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

const field_info& path::field() const {
    const model_info* at = root;
    for (std::size_t i = 0; i + 1 < steps.size(); ++i) at = &at->fields[steps[i]].target();
    return at->fields[steps.back()];
}

path path_to(const model_info& root, const std::vector<std::string_view>& names) {
    path found{&root, {}};
    const model_info* at = &root;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto index = at->index_of(names[i]);
        found.steps.push_back(index);
        if (i + 1 == names.size()) break;
        const auto& field = at->fields[index];
        if (field.type != field_type::reference)
            throw error(fmt::format("{}.{} is not a reference: \"{}\" can't be looked up through it", at->name,
                                    field.name, names[i + 1]));
        at = &field.target();
    }
    if (found.steps.empty()) throw error(root.name + ": an empty path names no field");
    return found;
}

condition condition::compare(path left, comparison how, std::vector<value> right) {
    condition made;
    made.node_ = std::make_shared<node>(node{kind::compare, std::move(left), how, std::move(right), {}});
    return made;
}

condition condition::joined(kind what, condition a, condition b) {
    if (a.what() == kind::always) return what == kind::all_of ? b : a;
    if (b.what() == kind::always) return what == kind::all_of ? a : b;
    std::vector<condition> parts;
    for (auto* side : {&a, &b}) {
        if (side->what() == what)
            parts.insert(parts.end(), side->parts().begin(), side->parts().end());
        else
            parts.push_back(std::move(*side));
    }
    condition made;
    made.node_ = std::make_shared<node>(node{what, {}, {}, {}, std::move(parts)});
    return made;
}

condition operator!(condition a) {
    condition made;
    made.node_ =
        std::make_shared<condition::node>(condition::node{condition::kind::negation, {}, {}, {}, {std::move(a)}});
    return made;
}

condition compare(path left, comparison how, value right) {
    const bool on_null = is_null(right);
    if (on_null && how == comparison::not_equal) return !condition::compare(std::move(left), comparison::is_null, {});
    if (on_null && how == comparison::equal) return condition::compare(std::move(left), comparison::is_null, {});
    const model_info* owner = left.root;
    for (std::size_t i = 0; i + 1 < left.steps.size(); ++i) owner = &owner->fields[left.steps[i]].target();
    const auto& field = left.field();
    if (on_null) throw error(fmt::format("{}.{}: null can only be compared with == and !=", owner->name, field.name));
    if (how >= comparison::contains && how <= comparison::iequal && field.type != field_type::text)
        throw error(fmt::format("{}.{} is not a text: it can't be searched in", owner->name, field.name));
    value fitting = fit(*owner, field, std::move(right));
    return condition::compare(std::move(left), how, {std::move(fitting)});
}

}  // namespace croft
