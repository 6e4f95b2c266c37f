// What every validation rule knows: the document and what was found out about it once, the schema, and where to report.
// One thread; lives as long as one validation.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "graphql/language/document.hpp"
#include "graphql/type/schema.hpp"

namespace croft::graphql {

/// A variable where it is used, and what is expected there.
struct variable_usage {
    const value* node;
    type expected;           ///< may be empty: not known
    bool place_has_default;  ///< the argument or input field has a default of its own
};

/// An operation or fragment: what it uses itself, without what its fragments use.
struct definition_uses {
    std::vector<variable_usage> variables;
    std::vector<const fragment_spread*> spreads;
    std::vector<std::uint32_t> fragments;  ///< numbers of those that the spreads name, each once
};

/// Thrown by report() at the error limit; caught by validate().
struct too_many_errors {};

class validation_context {
public:
    /// `schema` may be null for SDL.
    validation_context(const schema* schema, const document& document, std::size_t max_errors);

    const graphql::schema* schema() const { return schema_; }
    const graphql::document& document() const { return document_; }

    void report(std::string message, std::initializer_list<std::uint32_t> offsets) {
        report(std::move(message), std::span(offsets.begin(), offsets.size()));
    }
    void report(std::string message, std::span<const std::uint32_t> offsets);
    std::size_t max_errors() const { return max_errors_; }
    std::vector<graphql_error> take_errors() { return std::move(errors_); }

    /// Null when there is none; of several the first.
    const fragment_definition* fragment(std::string_view name) const;
    const definition_uses& uses(const definition& operation_or_fragment) const;
    /// All fragments that any of the operations reaches through spreads, each once; cycles are fine.
    std::vector<const fragment_definition*> reached_fragments(
        std::span<const operation_definition* const> operations) const;
    /// Variables used by the operation and the fragments that it reaches. Valid until asked for another operation.
    const std::vector<variable_usage>& all_variables(const operation_definition& operation);

    /// From the document's own definitions, the schema, or the specification when there is no schema. It isn't linked:
    /// only its texts are set.
    const directive_type* directive(std::string_view name) const;
    /// A type that the document defines (not one that it extends); null when there is none.
    const type_definition* defined_type(std::string_view name) const;
    const std::vector<const type_definition*>& defined_types() const { return defined_types_; }

private:
    void add_directives();
    void number_fragments();

    const graphql::schema* schema_;
    const graphql::document& document_;
    std::size_t max_errors_;
    std::vector<graphql_error> errors_;
    std::unordered_map<std::string_view, const fragment_definition*> fragments_;
    std::unordered_map<const definition*, definition_uses> uses_;
    std::vector<const fragment_definition*> fragments_by_number_;
    const operation_definition* variables_of_ = nullptr;
    std::vector<variable_usage> variables_;
    std::unordered_map<std::string, directive_type> directives_;
    std::vector<const type_definition*> defined_types_;
    std::unordered_map<std::string_view, const type_definition*> defined_types_by_name_;
};

/// An argument or input field that must be given, judged by the texts of an unlinked part.
inline bool must_be_given(const input_value& input) {
    return input.type_name.ends_with('!') && input.default_text.empty();
}

}  // namespace croft::graphql
