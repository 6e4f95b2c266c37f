#include "graphql/type/literal.hpp"

#include <algorithm>

#include "graphql/language/characters.hpp"
#include "graphql/language/printer.hpp"
#include "graphql/type/definitions.hpp"

namespace croft::graphql {
namespace {

/// The value of a custom scalar: its own shape.
std::string print_untyped(const json& value) {
    if (value.is_string()) return print_string(value.text());
    std::string out;
    if (value.is_array()) {
        for (const json& each : value.array()) out += (out.empty() ? "" : ", ") + print_untyped(each);
        return "[" + out + "]";
    }
    if (!value.is_object()) return value.dump();
    for (const auto& [key, member] : value.object())
        out += (out.empty() ? "" : ", ") + key + ": " + print_untyped(member);
    return "{" + out + "}";
}

bool is_integer_text(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const bool digits = std::ranges::all_of(text, [](char c) { return is_digit(static_cast<unsigned char>(c)); });
    return !text.empty() && digits && (text == "0" || text.front() != '0');
}

}  // namespace

std::string print_literal(const json& value, const type& type) {
    if (type.is_non_null()) return print_literal(value, type.inner());
    if (value.is_null()) return "null";
    std::string out;
    if (type.is_list()) {
        if (!value.is_array()) return print_literal(value, type.inner());
        for (const json& each : value.array()) out += (out.empty() ? "" : ", ") + print_literal(each, type.inner());
        return "[" + out + "]";
    }
    const named_type& named = type.named();
    if (named.is(type_kind::enum_) && value.is_string()) return value.text();
    if (named.is(type_kind::input_object) && value.is_object()) {
        for (const input_value& field : named.input_fields)
            if (const json* member = value.find(field.name))
                out += (out.empty() ? "" : ", ") + field.name + ": " + print_literal(*member, field.type);
        return "{" + out + "}";
    }
    if (named.name == "ID" && value.is_string() && is_integer_text(value.text())) return value.text();
    return print_untyped(value);
}

}  // namespace croft::graphql
