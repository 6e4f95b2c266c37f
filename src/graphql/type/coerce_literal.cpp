// Literals: value_from_literal, untyped_value.
#include <algorithm>
#include <charconv>
#include <limits>

#include "graphql/type/coerce.hpp"

namespace croft::graphql {
namespace {

const json* variable_value(const value& literal, const json_object* variables) {
    return variables ? variables->find(literal.text) : nullptr;
}

bool is_missing_variable(const value& literal, const json_object* variables) {
    return literal.is(value_kind::variable) && !variable_value(literal, variables);
}

std::optional<json> list_from_literal(const value& literal, const type& item, const json_object* variables) {
    json items = json::array({});
    if (!literal.is(value_kind::list)) {
        auto single = value_from_literal(literal, item, variables);
        if (!single) return std::nullopt;
        items.push_back(std::move(*single));
        return items;
    }
    for (const value& each : literal.items) {
        std::optional<json> read;
        if (is_missing_variable(each, variables) && !item.is_non_null())
            read = json();
        else
            read = value_from_literal(each, item, variables);
        if (!read) return std::nullopt;
        items.push_back(std::move(*read));
    }
    return items;
}

std::optional<json> object_from_literal(const value& literal, const named_type& type, const json_object* variables) {
    if (!literal.is(value_kind::object)) return std::nullopt;
    for (const object_field& each : literal.fields)
        if (!type.input_field(each.name)) return std::nullopt;
    std::vector<json_member> members;
    for (const input_value& field : type.input_fields) {
        const auto* node = std::ranges::find(literal.fields, std::string_view(field.name),
                                             [](const object_field& each) { return each.name.text; });
        if (node == literal.fields.end() || is_missing_variable(node->value, variables)) {
            if (field.required()) return std::nullopt;
            if (field.default_value) members.push_back({field.name, *field.default_value});
            continue;
        }
        auto read = value_from_literal(node->value, field.type, variables);
        if (!read) return std::nullopt;
        members.push_back({field.name, std::move(*read)});
    }
    if (type.one_of && (members.size() != 1 || members.front().value.is_null())) return std::nullopt;
    return json(json_object(std::move(members)));
}

std::optional<json> leaf_from_literal(const value& literal, const named_type& type, const json_object* variables) {
    if (type.is(type_kind::enum_)) {
        if (!literal.is(value_kind::enumeration) || !type.value(literal.text)) return std::nullopt;
        return json(literal.text);
    }
    scalar_input::answer read;
    if (type.input.from_literal)
        read = type.input.from_literal(literal);
    else
        read = untyped_value(literal, variables);
    if (read && !type.input.from_literal && type.input.from_json) read = type.input.from_json(*read);
    return read ? std::optional(std::move(*read)) : std::nullopt;
}

json number_from_literal(const value& literal) {
    const auto* first = literal.text.data();
    const auto* last = first + literal.text.size();
    std::int64_t whole = 0;
    if (literal.is(value_kind::integer) && std::from_chars(first, last, whole).ec == std::errc{}) return json(whole);
    return json(double_of_literal(literal.text));
}

}  // namespace

std::optional<json> value_from_literal(const value& literal, const type& type, const json_object* variables) {
    if (literal.is(value_kind::variable)) {
        const json* given = variable_value(literal, variables);
        if (!given || (given->is_null() && type.is_non_null())) return std::nullopt;
        return *given;
    }
    if (type.is_non_null())
        return literal.is(value_kind::null) ? std::nullopt : value_from_literal(literal, type.inner(), variables);
    if (literal.is(value_kind::null)) return json();
    if (type.is_list()) return list_from_literal(literal, type.inner(), variables);
    const named_type& named = type.named();
    if (named.is(type_kind::input_object)) return object_from_literal(literal, named, variables);
    return named.is_leaf() ? leaf_from_literal(literal, named, variables) : std::nullopt;
}

double double_of_literal(std::string_view digits) {
    double number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (read.ec == std::errc{}) return number;
    const bool tiny = digits.find("e-") != digits.npos || digits.find("E-") != digits.npos || digits.find("0.") < 2;
    return tiny ? 0 : std::numeric_limits<double>::infinity();
}

json untyped_value(const value& literal, const json_object* variables) {
    switch (literal.kind) {
        case value_kind::null:
            return {};
        case value_kind::boolean:
            return literal.truth();
        case value_kind::integer:
        case value_kind::floating:
            return number_from_literal(literal);
        case value_kind::string:
        case value_kind::enumeration:
            return literal.text;
        case value_kind::variable: {
            const json* given = variable_value(literal, variables);
            return given ? *given : json();
        }
        case value_kind::list: {
            json items = json::array({});
            for (const value& each : literal.items) items.push_back(untyped_value(each, variables));
            return items;
        }
        case value_kind::object: {
            std::vector<json_member> members;
            for (const object_field& each : literal.fields)
                members.push_back({std::string(each.name.text), untyped_value(each.value, variables)});
            return json_object(std::move(members));
        }
    }
    return {};
}

}  // namespace croft::graphql
