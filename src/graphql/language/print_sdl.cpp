// The printer's part for §3: the type system.
#include <algorithm>

#include "graphql/language/printer_core.hpp"

namespace croft::graphql {
namespace {

std::string_view keyword(type_kind kind) {
    switch (kind) {
        case type_kind::scalar:
            return "scalar";
        case type_kind::object:
            return "type";
        case type_kind::interface:
            return "interface";
        case type_kind::union_:
            return "union";
        case type_kind::enum_:
            return "enum";
        case type_kind::input_object:
            return "input";
    }
    return {};
}

/// Whether its text has several lines, which makes the whole argument list stand on lines of its own.
bool several_lines(const value& node) {
    if (node.is(value_kind::string)) return node.block && print(node).find('\n') != std::string::npos;
    return std::ranges::any_of(node.items, several_lines) ||
           std::ranges::any_of(node.fields, [](const object_field& each) { return several_lines(each.value); });
}

bool several_lines(const input_value_definition& node) {
    const auto in_directive = [](const directive& each) {
        return std::ranges::any_of(each.arguments, [](const argument& a) { return several_lines(a.value); });
    };
    return node.description || (node.default_value && several_lines(*node.default_value)) ||
           std::ranges::any_of(node.directives, in_directive);
}

}  // namespace

void printer_core::description(const value* node) {
    if (!node) return;
    print(*node);
    newline();
}

void printer_core::print(const schema_definition& node) {
    description(node.description);
    put(node.extension ? "extend schema" : "schema");
    directives(node.directives);
    if (!node.operations.empty()) put(" ");
    block(node.operations, [&](const root_operation_definition& each) {
        put(to_string(each.operation));
        put(": ");
        put(each.type);
    });
}

void printer_core::print(const type_definition& node) {
    description(node.description);
    if (node.extension) put("extend ");
    put(keyword(node.type));
    put(" ");
    put(node.name);
    if (!node.interfaces.empty()) put(" implements ");
    join(node.interfaces, " & ", [&](const name_node& each) { put(each); });
    directives(node.directives);
    if (!node.members.empty()) put(" = ");
    join(node.members, " | ", [&](const name_node& each) { put(each); });
    if (!node.fields.empty() || !node.values.empty() || !node.input_fields.empty()) put(" ");
    block(node.fields, [&](const field_definition_node& each) { print(each); });
    block(node.values, [&](const enum_value_node& each) { print(each); });
    block(node.input_fields, [&](const input_value_definition& each) { print(each); });
}

void printer_core::print(const field_definition_node& node) {
    description(node.description);
    put(node.name);
    argument_definitions(node.arguments);
    put(": ");
    print(*node.type);
    directives(node.directives);
}

void printer_core::print(const input_value_definition& node) {
    description(node.description);
    put(node.name);
    put(": ");
    print(*node.type);
    if (node.default_value) {
        put(" = ");
        print(*node.default_value);
    }
    directives(node.directives);
}

void printer_core::print(const enum_value_node& node) {
    description(node.description);
    put(node.name);
    directives(node.directives);
}

void printer_core::argument_definitions(list<input_value_definition> nodes) {
    if (nodes.empty()) return;
    const bool on_lines = std::ranges::any_of(nodes, [](const auto& each) { return several_lines(each); });
    put("(");
    if (on_lines) ++level_;
    bool first = true;
    for (const input_value_definition& each : nodes) {
        if (on_lines)
            newline();
        else if (!first)
            put(", ");
        first = false;
        print(each);
    }
    if (on_lines) --level_;
    if (on_lines) newline();
    put(")");
}

void printer_core::print(const directive_definition& node) {
    description(node.description);
    put("directive @");
    put(node.name);
    argument_definitions(node.arguments);
    if (node.repeatable) put(" repeatable");
    put(" on ");
    join(node.locations, " | ", [&](const name_node& each) { put(each); });
}

}  // namespace croft::graphql
