// The parser's productions of §2: operations, selections, fragments, values.
#include <fmt/format.h>

#include "graphql/language/parser_core.hpp"

namespace croft::graphql {

using enum token_kind;

list<const definition*> parser_core::definitions() {
    list_builder<const definition*> found(memory_);
    do found.push(one_definition());
    while (!at(end));
    return found.done();
}

const definition* parser_core::one_definition() {
    if (at(brace_left)) return operation();
    const bool described = at_description();
    const token keyword = described ? look_ahead() : token_;
    if (keyword.kind != token_kind::name) unexpected(keyword);
    if (const auto* found = type_system_definition(keyword.text)) return found;
    if (described)
        throw syntax_fault{"Unexpected description, descriptions are supported only on type definitions.",
                           token_.offset};
    if (keyword.text == "query" || keyword.text == "mutation" || keyword.text == "subscription") return operation();
    if (keyword.text == "fragment") return fragment();
    if (keyword.text == "extend") return extension();
    unexpected(keyword);
}

const definition* parser_core::operation() {
    operation_definition node{{.kind = definition_kind::operation, .offset = token_.offset}, {}, {}, {}, {}};
    if (!at(brace_left)) {
        node.operation = operation_word();
        if (at(token_kind::name)) node.name = read_name();
        node.variables = variable_definitions();
        node.directives = directives(false);
    }
    node.selections = selections();
    return memory_.make(node);
}

operation_type parser_core::operation_word() {
    const token word = expect(token_kind::name);
    if (word.text == "query") return operation_type::query;
    if (word.text == "mutation") return operation_type::mutation;
    if (word.text == "subscription") return operation_type::subscription;
    unexpected(word);
}

const definition* parser_core::fragment() {
    fragment_definition node{{.kind = definition_kind::fragment, .offset = token_.offset}, {}, {}, {}, {}};
    expect_keyword("fragment");
    node.name = fragment_name();
    if (options_.fragment_variables) node.variables = variable_definitions();
    expect_keyword("on");
    node.type_condition = read_name();
    node.directives = directives(false);
    node.selections = selections();
    return memory_.make(node);
}

name_node parser_core::read_name() {
    const token word = expect(token_kind::name);
    return {word.text, word.offset};
}

name_node parser_core::fragment_name() {
    if (at_keyword("on")) unexpected();
    return read_name();
}

list<variable_definition> parser_core::variable_definitions() {
    return optional_many<variable_definition>(paren_left, paren_right, [&] { return one_variable_definition(); });
}

variable_definition parser_core::one_variable_definition() {
    variable_definition node{.offset = token_.offset};
    expect(dollar);
    node.name = read_name();
    node.name.offset = node.offset;
    expect(colon);
    node.type = type_reference();
    if (skip(equals)) node.default_value = memory_.make(read_value(true));
    node.directives = directives(true);
    return node;
}

const selection_set* parser_core::selections() {
    nesting level(*this);
    selection_set node{.offset = token_.offset};
    node.selections = many<const selection*>(brace_left, brace_right, [&] { return one_selection(); });
    return memory_.make(node);
}

const selection* parser_core::one_selection() { return at(spread) ? one_fragment() : one_field(); }

const selection* parser_core::one_field() {
    field node{{.kind = selection_kind::field, .offset = token_.offset}, {}, {}, {}, {}};
    node.name = read_name();
    if (skip(colon)) {
        node.alias = node.name;
        node.name = read_name();
    }
    node.arguments = arguments(false);
    node.directives = directives(false);
    if (at(brace_left)) node.selections = selections();
    return memory_.make(node);
}

const selection* parser_core::one_fragment() {
    const std::uint32_t offset = token_.offset;
    expect(spread);
    const bool conditional = skip_keyword("on");
    if (!conditional && at(token_kind::name)) {
        fragment_spread node{{.kind = selection_kind::fragment_spread, .offset = offset}, {}};
        node.name = fragment_name();
        node.directives = directives(false);
        return memory_.make(node);
    }
    inline_fragment node{{.kind = selection_kind::inline_fragment, .offset = offset}, {}, {}};
    if (conditional) node.type_condition = read_name();
    node.directives = directives(false);
    node.selections = selections();
    return memory_.make(node);
}

list<argument> parser_core::arguments(bool constant) {
    return optional_many<argument>(paren_left, paren_right, [&] {
        argument node{.name = read_name()};
        expect(colon);
        node.value = read_value(constant);
        return node;
    });
}

list<directive> parser_core::directives(bool constant) {
    list_builder<directive> found(memory_);
    while (at(token_kind::at)) {
        directive node{.offset = token_.offset};
        advance();
        node.name = read_name();
        node.arguments = arguments(constant);
        found.push(node);
    }
    return found.done();
}

value parser_core::read_value(bool constant) {
    const token start = token_;
    value node{.offset = start.offset, .text = start.text};
    switch (start.kind) {
        case bracket_left:
            return list_value(constant);
        case brace_left:
            return object_value(constant);
        case dollar:
            return variable(constant);
        case token_kind::name:
            return word_value();
        case integer:
            node.kind = value_kind::integer;
            break;
        case floating:
            node.kind = value_kind::floating;
            break;
        case block_string:
            node.block = true;
            [[fallthrough]];
        case string:
            node.kind = value_kind::string;
            break;
        default:
            unexpected();
    }
    advance();
    return node;
}

value parser_core::variable(bool constant) {
    const token start = expect(dollar);
    if (constant && at(token_kind::name))
        throw syntax_fault{fmt::format("Unexpected variable \"${}\" in constant value.", token_.text), start.offset};
    if (constant) unexpected(start);
    return {.kind = value_kind::variable, .offset = start.offset, .text = read_name().text};
}

value parser_core::list_value(bool constant) {
    nesting level(*this);
    value node{.kind = value_kind::list, .offset = token_.offset};
    node.items = any<value>(bracket_left, bracket_right, [&] { return read_value(constant); });
    return node;
}

value parser_core::object_value(bool constant) {
    nesting level(*this);
    value node{.kind = value_kind::object, .offset = token_.offset};
    node.fields = any<object_field>(brace_left, brace_right, [&] {
        object_field entry{.name = read_name()};
        expect(colon);
        entry.value = read_value(constant);
        return entry;
    });
    return node;
}

value parser_core::word_value() {
    value node{.kind = value_kind::enumeration, .offset = token_.offset, .text = token_.text};
    if (node.text == "true" || node.text == "false") node.kind = value_kind::boolean;
    if (node.text == "null") node.kind = value_kind::null;
    advance();
    return node;
}

const type_ref* parser_core::type_reference() {
    nesting level(*this);
    type_ref node{.offset = token_.offset};
    if (skip(bracket_left)) {
        node.kind = type_ref_kind::list;
        node.of = type_reference();
        expect(bracket_right);
    } else {
        node.name = read_name().text;
    }
    const type_ref* type = memory_.make(node);
    if (!skip(bang)) return type;
    return memory_.make(type_ref{.kind = type_ref_kind::non_null, .offset = node.offset, .of = type});
}

}  // namespace croft::graphql
