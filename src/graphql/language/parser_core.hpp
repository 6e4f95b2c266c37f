// Inside of the parser: recursive descent, one function a production of the grammar. A fault is thrown as an internal
// `syntax_fault` and becomes the returned parse_failure in one place, which keeps the productions readable.
#pragma once

#include <string>

#include "graphql/language/document.hpp"
#include "graphql/language/lexer.hpp"
#include "graphql/language/parser.hpp"

namespace croft::graphql {

struct syntax_fault {
    std::string message;
    std::uint32_t offset;
};

class parser_core {
public:
    parser_core(std::string_view text, arena& memory, const parse_options& options);

    static void fill(document& target, const parse_options& options);
    const value* only_value();
    const type_ref* only_type();

private:
    // tokens
    void advance();
    token read_token();
    const token& look_ahead();
    bool at(token_kind kind) const { return token_.kind == kind; }
    bool at_keyword(std::string_view word) const { return at(token_kind::name) && token_.text == word; }
    bool skip(token_kind kind);
    bool skip_keyword(std::string_view word);
    token expect(token_kind kind);
    void expect_keyword(std::string_view word);
    [[noreturn]] void unexpected(const token& found) const;
    [[noreturn]] void unexpected() const { unexpected(token_); }

    /// open item+ close
    template <class T, class Item>
    list<T> many(token_kind open, token_kind close, Item item) {
        list_builder<T> items(memory_);
        expect(open);
        do items.push(item());
        while (!skip(close));
        return items.done();
    }
    /// (open item+ close)?
    template <class T, class Item>
    list<T> optional_many(token_kind open, token_kind close, Item item) {
        return at(open) ? many<T>(open, close, item) : list<T>{};
    }
    /// open item* close
    template <class T, class Item>
    list<T> any(token_kind open, token_kind close, Item item) {
        list_builder<T> items(memory_);
        expect(open);
        while (!skip(close)) items.push(item());
        return items.done();
    }
    /// delimiter? item (delimiter item)*
    template <class T, class Item>
    list<T> delimited(token_kind delimiter, Item item) {
        list_builder<T> items(memory_);
        skip(delimiter);
        do items.push(item());
        while (skip(delimiter));
        return items.done();
    }

    // executable (parse_executable.cpp)
    list<const definition*> definitions();
    const definition* one_definition();
    const definition* operation();
    const definition* fragment();
    operation_type operation_word();
    name_node read_name();
    name_node fragment_name();
    list<variable_definition> variable_definitions();
    variable_definition one_variable_definition();
    const selection_set* selections();
    const selection* one_selection();
    const selection* one_field();
    const selection* one_fragment();
    list<argument> arguments(bool constant);
    list<directive> directives(bool constant);
    value read_value(bool constant);
    value variable(bool constant);
    value list_value(bool constant);
    value object_value(bool constant);
    value word_value();
    const type_ref* type_reference();

    // type system (parse_sdl.cpp)
    const definition* type_system_definition(std::string_view keyword);
    const definition* extension();
    const value* description();
    bool at_description() const { return at(token_kind::string) || at(token_kind::block_string); }
    const definition* schema(bool extends);
    const definition* type(type_kind kind, bool extends);
    const definition* directive_declaration();
    list<name_node> implemented_interfaces();
    list<name_node> union_members();
    field_definition_node one_field_definition();
    list<input_value_definition> argument_definitions();
    input_value_definition one_input_value();
    enum_value_node one_enum_value();
    name_node location_word();

    /// Counts one level of nesting for as long as it lives.
    class nesting {
    public:
        explicit nesting(parser_core& parser);
        ~nesting() { --parser_.depth_; }

    private:
        parser_core& parser_;
    };

    lexer lexer_;
    arena& memory_;
    const parse_options& options_;
    token token_;
    token ahead_;
    bool has_ahead_ = false;
    std::size_t tokens_ = 0;
    std::size_t depth_ = 0;
};

}  // namespace croft::graphql
