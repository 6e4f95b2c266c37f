// Inside of the printer: appends to one string and keeps the indentation, so that each node is written once.
#pragma once

#include <string>

#include "graphql/language/printer.hpp"

namespace croft::graphql {

class printer_core {
public:
    std::string take() { return std::move(out_); }

    void print(const document& document);
    void print(const definition& definition);
    void print(const operation_definition& node);
    void print(const fragment_definition& node);
    void print(const selection_set& node);
    void print(const selection& node);
    void print(const value& node);
    void print(const type_ref& node);

    // type system (print_sdl.cpp)
    void print(const schema_definition& node);
    void print(const type_definition& node);
    void print(const directive_definition& node);

private:
    void put(std::string_view text) { out_ += text; }
    void newline() { out_.append(1, '\n').append(2 * level_, ' '); }
    /// { each item on a line of its own }, nothing when there is none.
    template <class Items, class Print>
    void block(const Items& items, Print print_item) {
        if (items.empty()) return;
        put("{");
        ++level_;
        for (const auto& item : items) {
            newline();
            print_item(item);
        }
        --level_;
        newline();
        put("}");
    }
    template <class Items, class Print>
    void join(const Items& items, std::string_view separator, Print print_item) {
        bool first = true;
        for (const auto& item : items) {
            if (!first) put(separator);
            first = false;
            print_item(item);
        }
    }

    void print(const field& node);
    void arguments(list<argument> nodes, std::size_t field_start);
    void print(const argument& node);
    void directives(list<directive> nodes);
    void print(const variable_definition& node);
    void variable_definitions(list<variable_definition> nodes);
    void print(const field_definition_node& node);
    void print(const input_value_definition& node);
    void print(const enum_value_node& node);
    void argument_definitions(list<input_value_definition> nodes);
    void description(const value* node);

    std::string out_;
    std::size_t level_ = 0;
    bool spell_query_ = false;
};

}  // namespace croft::graphql
