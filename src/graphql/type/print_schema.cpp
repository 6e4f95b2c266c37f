#include "graphql/type/print_schema.hpp"

#include <algorithm>
#include <deque>

#include "graphql/language/block_string.hpp"
#include "graphql/language/printer.hpp"
#include "graphql/type/literal.hpp"

namespace croft::graphql {
namespace {

std::string described(const std::string& text, std::size_t indentation = 0, bool first = true) {
    if (text.empty()) return {};
    const std::string space(indentation, ' ');
    const std::string quoted = can_be_block_string(text) ? print_block_string(text, indentation) : print_string(text);
    return (indentation && !first ? "\n" : "") + space + quoted + "\n";
}

std::string deprecated(const std::optional<std::string>& reason) {
    if (!reason) return {};
    return *reason == default_deprecation_reason ? " @deprecated"
                                                 : " @deprecated(reason: " + print_string(*reason) + ")";
}

std::string print_input(const input_value& input) {
    std::string out = input.name + ": " + to_string(input.type);
    if (input.default_value) out += " = " + print_literal(*input.default_value, input.type);
    return out + deprecated(input.deprecation);
}

std::string print_arguments(const std::vector<input_value>& arguments, std::size_t indentation = 0) {
    if (arguments.empty()) return {};
    const bool plain = std::ranges::all_of(arguments, [](const input_value& each) { return each.description.empty(); });
    std::string out = "(";
    for (const input_value& each : arguments) {
        const bool first = &each == &arguments.front();
        if (plain)
            out += (first ? "" : ", ") + print_input(each);
        else
            out += "\n" + described(each.description, indentation + 2, first) + std::string(indentation + 2, ' ') +
                   print_input(each);
    }
    return out + (plain ? ")" : "\n" + std::string(indentation, ' ') + ")");
}

/// { an item a line }, or nothing.
template <class Items, class Print>
std::string block(const Items& items, Print print_item) {
    if (items.empty()) return {};
    std::string out = " {\n";
    for (const auto& each : items)
        out += described(each.description, 2, &each == &items.front()) + "  " + print_item(each) + "\n";
    return out + "}";
}

std::string joined(const std::vector<std::string>& names, const char* before, const char* between) {
    std::string out;
    for (const std::string& each : names) out += (out.empty() ? before : between) + each;
    return out;
}

std::string print_field(const field_definition& field) {
    return field.name + print_arguments(field.arguments, 2) + ": " + to_string(field.type) +
           deprecated(field.deprecation);
}

std::string print_directive(const directive_type& directive) {
    std::string out = described(directive.description) + "directive @" + directive.name +
                      print_arguments(directive.arguments) + (directive.repeatable ? " repeatable" : "") + " on ";
    for (const directive_location& each : directive.locations) {
        if (&each != &directive.locations.front()) out += " | ";
        out += to_string(each);
    }
    return out;
}

/// Nothing when the roots have their common names (§3.3.1).
std::string print_roots(const schema& schema) {
    static constexpr std::string_view common[] = {"Query", "Mutation", "Subscription"};
    std::string entries;
    bool usual = schema.description().empty();
    for (auto operation : {operation_type::query, operation_type::mutation, operation_type::subscription}) {
        const std::string_view name = common[static_cast<std::size_t>(operation)];
        const named_type* root = schema.root(operation);
        // A type that is only called Mutation, without being the root, would become it when the text is read again.
        usual = usual && (root ? root->name == name : schema.type(name) == nullptr);
        if (root) entries += "  " + std::string(to_string(operation)) + ": " + root->name + "\n";
    }
    if (usual || entries.empty()) return {};
    return described(schema.description()) + "schema {\n" + entries + "}";
}

template <class Item>
std::vector<const Item*> in_order(const std::deque<Item>& items, sdl_order order) {
    std::vector<const Item*> out;
    for (const Item& each : items)
        if (!each.built_in) out.push_back(&each);
    if (order == sdl_order::name) std::ranges::sort(out, {}, [](const Item* each) { return each->name; });
    return out;
}

}  // namespace

std::string print_type(const named_type& type) {
    const std::string head = described(type.description);
    switch (type.kind) {
        case type_kind::scalar:
            return head + "scalar " + type.name +
                   (type.specified_by.empty() ? "" : " @specifiedBy(url: " + print_string(type.specified_by) + ")");
        case type_kind::object:
        case type_kind::interface:
            return head + (type.is(type_kind::object) ? "type " : "interface ") + type.name +
                   joined(type.interfaces, " implements ", " & ") + block(type.fields, print_field);
        case type_kind::union_:
            return head + "union " + type.name + joined(type.members, " = ", " | ");
        case type_kind::enum_:
            return head + "enum " + type.name +
                   block(type.values, [](const enum_value& each) { return each.name + deprecated(each.deprecation); });
        case type_kind::input_object:
            return head + "input " + type.name + (type.one_of ? " @oneOf" : "") + block(type.input_fields, print_input);
    }
    return {};
}

std::string print_schema(const schema& schema, sdl_order order) {
    std::string out = print_roots(schema);
    const auto add = [&](const std::string& text) { out += (out.empty() ? "" : "\n\n") + text; };
    for (const auto* each : in_order(schema.directives(), order)) add(print_directive(*each));
    for (const auto* each : in_order(schema.types(), order)) add(print_type(*each));
    return out;
}

}  // namespace croft::graphql
