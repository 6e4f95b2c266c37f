// The parser's productions of §3: the type system's definitions and extensions.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "graphql/language/directive_location.hpp"
#include "graphql/language/parser_core.hpp"

namespace croft::graphql {
namespace {

using enum token_kind;

struct type_word {
    std::string_view keyword;
    type_kind kind;
};
constexpr std::array type_words = {
    type_word{"scalar", type_kind::scalar},       type_word{"type", type_kind::object},
    type_word{"interface", type_kind::interface}, type_word{"union", type_kind::union_},
    type_word{"enum", type_kind::enum_},          type_word{"input", type_kind::input_object}};

const type_word* find_type_word(std::string_view keyword) {
    const auto* found = std::ranges::find(type_words, keyword, &type_word::keyword);
    return found == type_words.end() ? nullptr : found;
}

}  // namespace

/// None when `keyword` opens something else.
const definition* parser_core::type_system_definition(std::string_view keyword) {
    if (keyword == "schema") return schema(false);
    if (keyword == "directive") return directive_declaration();
    if (const auto* word = find_type_word(keyword)) return type(word->kind, false);
    return nullptr;
}

const definition* parser_core::extension() {
    const token keyword = look_ahead();
    if (keyword.kind == token_kind::name && keyword.text == "schema") return schema(true);
    const auto* word = keyword.kind == token_kind::name ? find_type_word(keyword.text) : nullptr;
    if (!word) unexpected(keyword);
    return type(word->kind, true);
}

const value* parser_core::description() { return at_description() ? memory_.make(read_value(true)) : nullptr; }

const definition* parser_core::schema(bool extends) {
    schema_definition node{{.kind = definition_kind::schema, .extension = extends, .offset = token_.offset}, {}};
    if (extends)
        advance();
    else
        node.description = description();
    expect_keyword("schema");
    node.directives = directives(true);
    const auto one_root = [&] {
        root_operation_definition root{.offset = token_.offset, .operation = operation_word()};
        expect(colon);
        root.type = read_name();
        return root;
    };
    node.operations = extends ? optional_many<root_operation_definition>(brace_left, brace_right, one_root)
                              : many<root_operation_definition>(brace_left, brace_right, one_root);
    if (extends && node.directives.empty() && node.operations.empty()) unexpected();
    return memory_.make(node);
}

const definition* parser_core::type(type_kind kind, bool extends) {
    type_definition node{{.kind = definition_kind::type, .extension = extends, .offset = token_.offset}};
    node.type = kind;
    if (extends)
        advance();
    else
        node.description = description();
    advance();  // the keyword that led here
    node.name = read_name();
    const bool has_fields = kind == type_kind::object || kind == type_kind::interface;
    if (has_fields) node.interfaces = implemented_interfaces();
    node.directives = directives(true);
    if (has_fields)
        node.fields =
            optional_many<field_definition_node>(brace_left, brace_right, [&] { return one_field_definition(); });
    else if (kind == type_kind::union_)
        node.members = union_members();
    else if (kind == type_kind::enum_)
        node.values = optional_many<enum_value_node>(brace_left, brace_right, [&] { return one_enum_value(); });
    else if (kind == type_kind::input_object)
        node.input_fields =
            optional_many<input_value_definition>(brace_left, brace_right, [&] { return one_input_value(); });
    const bool adds_something = !node.interfaces.empty() || !node.directives.empty() || !node.fields.empty() ||
                                !node.members.empty() || !node.values.empty() || !node.input_fields.empty();
    if (extends && !adds_something) unexpected();
    return memory_.make(node);
}

list<name_node> parser_core::implemented_interfaces() {
    if (!skip_keyword("implements")) return {};
    return delimited<name_node>(ampersand, [&] { return read_name(); });
}

list<name_node> parser_core::union_members() {
    if (!skip(equals)) return {};
    return delimited<name_node>(pipe, [&] { return read_name(); });
}

field_definition_node parser_core::one_field_definition() {
    field_definition_node node{.offset = token_.offset};
    node.description = description();
    node.name = read_name();
    node.arguments = argument_definitions();
    expect(colon);
    node.type = type_reference();
    node.directives = directives(true);
    return node;
}

list<input_value_definition> parser_core::argument_definitions() {
    return optional_many<input_value_definition>(paren_left, paren_right, [&] { return one_input_value(); });
}

input_value_definition parser_core::one_input_value() {
    input_value_definition node{.offset = token_.offset};
    node.description = description();
    node.name = read_name();
    expect(colon);
    node.type = type_reference();
    if (skip(equals)) node.default_value = memory_.make(read_value(true));
    node.directives = directives(true);
    return node;
}

enum_value_node parser_core::one_enum_value() {
    enum_value_node node{.offset = token_.offset};
    node.description = description();
    if (at_keyword("true") || at_keyword("false") || at_keyword("null"))
        throw syntax_fault{fmt::format("Name \"{}\" is reserved and cannot be used for an enum value.", token_.text),
                           token_.offset};
    node.name = read_name();
    node.directives = directives(true);
    return node;
}

const definition* parser_core::directive_declaration() {
    directive_definition node{{.kind = definition_kind::directive, .offset = token_.offset}};
    node.description = description();
    expect_keyword("directive");
    expect(token_kind::at);
    node.name = read_name();
    node.arguments = argument_definitions();
    node.repeatable = skip_keyword("repeatable");
    expect_keyword("on");
    node.locations = delimited<name_node>(pipe, [&] { return location_word(); });
    return memory_.make(node);
}

name_node parser_core::location_word() {
    const token start = token_;
    const name_node location = read_name();
    if (!directive_location_of(location.text)) unexpected(start);
    return location;
}

}  // namespace croft::graphql
