#include "graphql/language/printer.hpp"

#include <fmt/format.h>

#include "graphql/language/block_string.hpp"
#include "graphql/language/characters.hpp"
#include "graphql/language/printer_core.hpp"

namespace croft::graphql {
namespace {

constexpr std::size_t longest_field_line = 80;

template <class Node>
std::string printed(const Node& node) {
    printer_core printer;
    printer.print(node);
    return printer.take();
}

}  // namespace

std::string print(const document& document) { return printed(document); }
std::string print(const definition& definition) { return printed(definition); }
std::string print(const selection_set& selections) { return printed(selections); }
std::string print(const value& value) { return printed(value); }
std::string print(const type_ref& type) { return printed(type); }

std::string print_string(std::string_view text) {
    static constexpr std::string_view escaped = "\"\\\b\f\n\r\t", letters = "\"\\bfnrt";
    std::string out = "\"";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto which = escaped.find(text[i]);
        const bool c1_control = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (which != escaped.npos)
            (out += '\\') += letters[which];
        else if (byte < 0x20 || byte == 0x7F)
            out += fmt::format("\\u{:04X}", byte);
        else if (c1_control)
            out += fmt::format("\\u{:04X}", static_cast<unsigned char>(text[++i]));
        else
            out += text[i];
    }
    return out += '"';
}

void printer_core::print(const document& document) {
    const definition* before = nullptr;
    for (const definition* each : document.definitions()) {
        if (before) put("\n\n");
        // "interface A" and then "{ b }" would read as an interface with a field.
        spell_query_ = before && !before->executable();
        print(*each);
        before = each;
    }
}

void printer_core::print(const definition& node) {
    switch (node.kind) {
        case definition_kind::operation:
            return print(*node.as_operation());
        case definition_kind::fragment:
            return print(*node.as_fragment());
        case definition_kind::schema:
            return print(*node.as_schema());
        case definition_kind::type:
            return print(*node.as_type());
        case definition_kind::directive:
            return print(*node.as_directive());
    }
}

void printer_core::print(const operation_definition& node) {
    const bool shorthand = !spell_query_ && node.operation == operation_type::query && !node.name &&
                           node.variables.empty() && node.directives.empty();
    if (!shorthand) {
        put(to_string(node.operation));
        if (node.name || !node.variables.empty()) put(" ");
        put(node.name);
        variable_definitions(node.variables);
        directives(node.directives);
        put(" ");
    }
    print(*node.selections);
}

void printer_core::print(const fragment_definition& node) {
    put("fragment ");
    put(node.name);
    variable_definitions(node.variables);
    put(" on ");
    put(node.type_condition);
    directives(node.directives);
    put(" ");
    print(*node.selections);
}

void printer_core::variable_definitions(list<variable_definition> nodes) {
    if (nodes.empty()) return;
    put("(");
    join(nodes, ", ", [&](const variable_definition& each) { print(each); });
    put(")");
}

void printer_core::print(const variable_definition& node) {
    put("$");
    put(node.name);
    put(": ");
    print(*node.type);
    if (node.default_value) {
        put(" = ");
        print(*node.default_value);
    }
    directives(node.directives);
}

void printer_core::print(const selection_set& node) {
    block(node.selections, [&](const selection* each) { print(*each); });
}

void printer_core::print(const selection& node) {
    if (const auto* field = node.as_field()) return print(*field);
    put("...");
    if (const auto* spread = node.as_spread()) {
        put(spread->name);
        return directives(node.directives);
    }
    const auto& fragment = *node.as_inline();
    if (fragment.type_condition) put(" on ");
    put(fragment.type_condition);
    directives(node.directives);
    put(" ");
    print(*fragment.selections);
}

void printer_core::print(const field& node) {
    const std::size_t start = out_.size();
    if (node.alias) {
        put(node.alias);
        put(": ");
    }
    put(node.name);
    arguments(node.arguments, start);
    directives(node.directives);
    if (node.selections) {
        put(" ");
        print(*node.selections);
    }
}

/// On one line, unless the field that begins at `field_start` gets too long by them.
void printer_core::arguments(list<argument> nodes, std::size_t field_start) {
    if (nodes.empty()) return;
    const std::size_t start = out_.size();
    put("(");
    join(nodes, ", ", [&](const argument& each) { print(each); });
    put(")");
    if (utf16_length(std::string_view(out_).substr(field_start)) <= longest_field_line) return;
    out_.resize(start);
    put("(");
    ++level_;
    for (const argument& each : nodes) {
        newline();
        print(each);
    }
    --level_;
    newline();
    put(")");
}

void printer_core::print(const argument& node) {
    put(node.name);
    put(": ");
    print(node.value);
}

void printer_core::directives(list<directive> nodes) {
    for (const directive& each : nodes) {
        put(" @");
        put(each.name);
        if (each.arguments.empty()) continue;
        put("(");
        join(each.arguments, ", ", [&](const argument& argument) { print(argument); });
        put(")");
    }
}

void printer_core::print(const value& node) {
    switch (node.kind) {
        case value_kind::variable:
            put("$");
            return put(node.text);
        case value_kind::string:
            return put(node.block ? print_block_string(node.text, 2 * level_) : print_string(node.text));
        case value_kind::null:
            return put("null");
        case value_kind::list:
            put("[");
            join(node.items, ", ", [&](const value& each) { print(each); });
            return put("]");
        case value_kind::object:
            put("{");
            join(node.fields, ", ", [&](const object_field& each) {
                put(each.name);
                put(": ");
                print(each.value);
            });
            return put("}");
        default:
            return put(node.text);
    }
}

void printer_core::print(const type_ref& node) {
    switch (node.kind) {
        case type_ref_kind::named:
            return put(node.name);
        case type_ref_kind::list:
            put("[");
            print(*node.of);
            return put("]");
        case type_ref_kind::non_null:
            print(*node.of);
            return put("!");
    }
}

}  // namespace croft::graphql
