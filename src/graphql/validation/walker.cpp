#include "graphql/validation/walker.hpp"

#include <algorithm>

namespace croft::graphql {

void walker::walk(const document& document) {
    tell(&rule::enter_document);
    for (const definition* each : document.definitions()) {
        tell(&rule::enter_definition, *each);
        switch (each->kind) {
            case definition_kind::operation:
                walk(*each->as_operation());
                break;
            case definition_kind::fragment:
                walk(*each->as_fragment());
                break;
            case definition_kind::schema:
                walk(*each->as_schema());
                break;
            case definition_kind::type:
                walk(*each->as_type());
                break;
            case definition_kind::directive:
                walk(*each->as_directive());
                break;
        }
    }
    tell(&rule::leave_document);
}

const named_type* walker::composite(std::string_view name) const {
    const named_type* found = schema_ ? schema_->type(name) : nullptr;
    return found && found->is_composite() ? found : nullptr;
}

void walker::walk(const operation_definition& node) {
    static constexpr directive_location locations[] = {directive_location::query, directive_location::mutation,
                                                       directive_location::subscription};
    const named_type* root = schema_ ? schema_->root(node.operation) : nullptr;
    info_ = {};
    if (root) info_.type = type(*root);
    tell(&rule::enter_operation, node);
    for (const variable_definition& each : node.variables) walk(each);
    walk(node.directives, locations[static_cast<std::size_t>(node.operation)]);
    walk(*node.selections, root && root->is_composite() ? root : nullptr);
    tell(&rule::leave_operation, node);
}

void walker::walk(const fragment_definition& node) {
    const named_type* on = schema_ ? schema_->type(node.type_condition) : nullptr;
    info_ = {};
    if (on) info_.type = type(*on);
    tell(&rule::enter_fragment, node);
    for (const variable_definition& each : node.variables) walk(each);
    tell(&rule::enter_named_type, node.type_condition.text, node.type_condition.offset, false);
    walk(node.directives, directive_location::fragment_definition);
    walk(*node.selections, composite(node.type_condition));
}

void walker::walk(const variable_definition& node) {
    tell(&rule::enter_variable, node);
    type_reference(*node.type, false);
    if (node.default_value)
        tell(&rule::enter_input, *node.default_value, schema_ ? schema_->resolve(*node.type) : type(), false);
    walk(node.directives, directive_location::variable_definition);
}

void walker::walk(const selection_set& node, const named_type* parent) {
    const type_info outer = info_;
    info_.parent = parent;
    for (const selection* each : node) walk(*each);
    info_ = outer;
}

void walker::walk(const selection& node) {
    switch (node.kind) {
        case selection_kind::field:
            return walk(*node.as_field());
        case selection_kind::inline_fragment:
            return walk(*node.as_inline());
        case selection_kind::fragment_spread:
            tell(&rule::enter_spread, *node.as_spread());
            return walk(node.directives, directive_location::fragment_spread);
    }
}

void walker::walk(const field& node) {
    const type_info outer = info_;
    info_.field = schema_ && info_.parent ? schema_->field(*info_.parent, node.name) : nullptr;
    info_.type = info_.field ? info_.field->type : type();
    tell(&rule::enter_field, node);
    walk(node.arguments, info_.field ? &info_.field->arguments : nullptr);
    walk(node.directives, directive_location::field);
    const named_type* inside = info_.type && info_.type.named().is_composite() ? &info_.type.named() : nullptr;
    if (node.selections) walk(*node.selections, inside);
    tell(&rule::leave_field, node);
    info_ = outer;
}

void walker::walk(const inline_fragment& node) {
    const type_info outer = info_;
    const named_type* on = outer.parent;
    if (node.type_condition) on = schema_ ? schema_->type(node.type_condition) : nullptr;
    info_.type = on ? type(*on) : type();
    tell(&rule::enter_inline, node);
    if (node.type_condition) tell(&rule::enter_named_type, node.type_condition.text, node.type_condition.offset, false);
    walk(node.directives, directive_location::inline_fragment);
    walk(*node.selections, on && on->is_composite() ? on : nullptr);
    info_ = outer;
}

void walker::walk(list<directive> nodes, directive_location location, const definition* owner) {
    tell(&rule::enter_directives, nodes, location, owner);
    for (const directive& each : nodes) {
        info_.directive = schema_ ? schema_->directive(each.name) : nullptr;
        tell(&rule::enter_directive, each);
        walk(each.arguments, info_.directive ? &info_.directive->arguments : nullptr);
        tell(&rule::leave_directive, each);
        info_.directive = nullptr;
    }
}

void walker::walk(list<argument> nodes, const std::vector<input_value>* definitions) {
    for (const argument& each : nodes) {
        const input_value* definition = nullptr;
        if (definitions) {
            const auto found = std::ranges::find(*definitions, each.name.text, &input_value::name);
            definition = found == definitions->end() ? nullptr : &*found;
        }
        tell(&rule::enter_input, each.value, definition ? definition->type : type(),
             definition && definition->default_value);
    }
}

void walker::type_reference(const type_ref& node, bool sdl) {
    const type_ref& named = node.innermost();
    tell(&rule::enter_named_type, named.name, named.offset, sdl);
}

// ---------------------------------------------------------------------------------------------------- type system

void walker::walk(const schema_definition& node) {
    walk(node.directives, directive_location::schema, &node);
    for (const root_operation_definition& each : node.operations)
        tell(&rule::enter_named_type, each.type.text, each.type.offset, true);
}

void walker::walk(const type_definition& node) {
    static constexpr directive_location locations[] = {directive_location::scalar,    directive_location::object,
                                                       directive_location::interface, directive_location::union_,
                                                       directive_location::enum_,     directive_location::input_object};
    for (const name_node& each : node.interfaces) tell(&rule::enter_named_type, each.text, each.offset, true);
    walk(node.directives, locations[static_cast<std::size_t>(node.type)], &node);
    for (const name_node& each : node.members) tell(&rule::enter_named_type, each.text, each.offset, true);
    for (const field_definition_node& each : node.fields) walk(each);
    for (const enum_value_node& each : node.values) walk(each.directives, directive_location::enum_value);
    for (const input_value_definition& each : node.input_fields) walk(each, directive_location::input_field_definition);
}

void walker::walk(const field_definition_node& node) {
    for (const input_value_definition& each : node.arguments) walk(each, directive_location::argument_definition);
    type_reference(*node.type, true);
    walk(node.directives, directive_location::field_definition);
}

void walker::walk(const input_value_definition& node, directive_location location) {
    type_reference(*node.type, true);
    if (node.default_value)
        tell(&rule::enter_input, *node.default_value, schema_ ? schema_->resolve(*node.type) : type(), false);
    walk(node.directives, location);
}

void walker::walk(const directive_definition& node) {
    for (const input_value_definition& each : node.arguments) walk(each, directive_location::argument_definition);
}

}  // namespace croft::graphql
