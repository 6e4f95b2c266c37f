// The syntax tree of a GraphQL document (spec, October 2021, §2 and §3): plain structs, immutable once parsed.
//
//     for (const graphql::definition* each : document.definitions())
//         if (const auto* operation = each->as_operation()) run(*operation);
//
// Every node has `offset`, its first byte in the source (document.locate turns it into line and column). Text views
// point into the document, which owns everything: nodes live as long as it does. Any thread may read.
#pragma once

#include <cstdint>
#include <string_view>

#include "graphql/language/arena.hpp"

namespace croft::graphql {

// ---------------------------------------------------------------------------------------------- names, values, types

/// §2.1.9. An empty text means that there is none (an anonymous operation, a field without an alias).
struct name_node {
    std::string_view text{};
    std::uint32_t offset = 0;

    bool empty() const { return text.empty(); }
    explicit operator bool() const { return !text.empty(); }
    operator std::string_view() const { return text; }
};

enum class value_kind : std::uint8_t { variable, integer, floating, string, boolean, null, enumeration, list, object };

struct object_field;

/// §2.9 Input Values.
struct value {
    value_kind kind = value_kind::null;
    bool block = false;  ///< string: it was written as a block string
    std::uint32_t offset = 0;
    std::string_view
        text{};  ///< variable: its name without $; number: as written; string: its value; enum, boolean: the name
    list<value> items{};          ///< list
    list<object_field> fields{};  ///< object

    bool is(value_kind which) const { return kind == which; }
    bool truth() const { return text == "true"; }
};

struct object_field {
    name_node name{};
    graphql::value value{};
};

enum class type_ref_kind : std::uint8_t { named, list, non_null };

/// §2.11 Type References: `[Item!]!` is non_null of list of non_null of Item.
struct type_ref {
    type_ref_kind kind = type_ref_kind::named;
    std::uint32_t offset = 0;
    std::string_view name{};       ///< named
    const type_ref* of = nullptr;  ///< list, non_null

    const type_ref& innermost() const {
        const type_ref* at = this;
        while (at->of) at = at->of;
        return *at;
    }
};

/// §2.6 Arguments.
struct argument {
    name_node name{};
    graphql::value value{};
};

/// §2.12 Directives.
struct directive {
    name_node name{};
    std::uint32_t offset = 0;  ///< of the @
    list<argument> arguments{};
};

// ------------------------------------------------------------------------------------------------------- selections

struct field;
struct fragment_spread;
struct inline_fragment;

enum class selection_kind : std::uint8_t { field, fragment_spread, inline_fragment };

/// §2.4 Selection Sets: one entry; ask which one it is.
struct selection {
    selection_kind kind = selection_kind::field;
    std::uint32_t offset = 0;
    list<directive> directives{};

    const field* as_field() const;
    const fragment_spread* as_spread() const;
    const inline_fragment* as_inline() const;
};

struct selection_set {
    std::uint32_t offset = 0;  ///< of the {
    list<const selection*> selections{};

    const selection* const* begin() const { return selections.begin(); }
    const selection* const* end() const { return selections.end(); }
    bool empty() const { return selections.empty(); }
};

/// §2.5 Fields.
struct field : selection {
    name_node alias{};
    name_node name{};
    list<argument> arguments{};
    const selection_set* selections = nullptr;  ///< none: a leaf

    /// §2.7: what it is called in the answer.
    std::string_view response_name() const { return alias ? alias.text : name.text; }
};

/// §2.8 Fragments.
struct fragment_spread : selection {
    name_node name{};
};

struct inline_fragment : selection {
    name_node type_condition{};  ///< may be empty
    const selection_set* selections = nullptr;
};

inline const field* selection::as_field() const {
    return kind == selection_kind::field ? static_cast<const field*>(this) : nullptr;
}
inline const fragment_spread* selection::as_spread() const {
    return kind == selection_kind::fragment_spread ? static_cast<const fragment_spread*>(this) : nullptr;
}
inline const inline_fragment* selection::as_inline() const {
    return kind == selection_kind::inline_fragment ? static_cast<const inline_fragment*>(this) : nullptr;
}

// ------------------------------------------------------------------------------------------------------ definitions

struct operation_definition;
struct fragment_definition;
struct schema_definition;
struct type_definition;
struct directive_definition;

enum class definition_kind : std::uint8_t { operation, fragment, schema, type, directive };

/// §2.2 Document: one of its definitions; ask which one it is.
struct definition {
    definition_kind kind = definition_kind::operation;
    bool extension = false;              ///< schema and types: `extend …`
    std::uint32_t offset = 0;            ///< of the description, where there is one
    const value* description = nullptr;  ///< type system only
    list<directive> directives{};

    bool executable() const { return kind == definition_kind::operation || kind == definition_kind::fragment; }
    const operation_definition* as_operation() const;
    const fragment_definition* as_fragment() const;
    const schema_definition* as_schema() const;
    const type_definition* as_type() const;
    const directive_definition* as_directive() const;
};

enum class operation_type : std::uint8_t { query, mutation, subscription };
std::string_view to_string(operation_type type);  ///< "query", …

/// §2.10 Variables.
struct variable_definition {
    std::uint32_t offset = 0;  ///< of the $
    name_node name{};          ///< without $; its offset is that of the $
    const type_ref* type = nullptr;
    const value* default_value = nullptr;
    list<directive> directives{};
};

/// §2.3 Operations.
struct operation_definition : definition {
    operation_type operation = operation_type::query;
    name_node name{};
    list<variable_definition> variables{};
    const selection_set* selections = nullptr;
};

struct fragment_definition : definition {
    name_node name{};
    list<variable_definition> variables{};  ///< only with parse_options::fragment_variables
    name_node type_condition{};
    const selection_set* selections = nullptr;
};

// ------------------------------------------------------------------------------------------- type system definitions

struct root_operation_definition {
    std::uint32_t offset = 0;
    operation_type operation = operation_type::query;
    name_node type{};
};

/// §3.3 Schema.
struct schema_definition : definition {
    list<root_operation_definition> operations{};
};

/// An argument or the field of an input object (§3.6.1, §3.10).
struct input_value_definition {
    std::uint32_t offset = 0;
    const value* description = nullptr;
    name_node name{};
    const type_ref* type = nullptr;
    const value* default_value = nullptr;
    list<directive> directives{};
};

/// §3.6 Objects: a field of an object or interface.
struct field_definition_node {
    std::uint32_t offset = 0;
    const value* description = nullptr;
    name_node name{};
    list<input_value_definition> arguments{};
    const type_ref* type = nullptr;
    list<directive> directives{};
};

/// §3.9 Enums.
struct enum_value_node {
    std::uint32_t offset = 0;
    const value* description = nullptr;
    name_node name{};
    list<directive> directives{};
};

enum class type_kind : std::uint8_t { scalar, object, interface, union_, enum_, input_object };

/// §3.5–3.10: a type or its extension. Which lists are filled depends on the kind.
struct type_definition : definition {
    graphql::type_kind type = graphql::type_kind::scalar;
    name_node name{};
    list<name_node> interfaces{};                 ///< object, interface
    list<field_definition_node> fields{};         ///< object, interface
    list<name_node> members{};                    ///< union
    list<enum_value_node> values{};               ///< enum
    list<input_value_definition> input_fields{};  ///< input object
};

/// §3.13 Directives.
struct directive_definition : definition {
    name_node name{};
    list<input_value_definition> arguments{};
    bool repeatable = false;
    list<name_node> locations{};
};

inline const operation_definition* definition::as_operation() const {
    return kind == definition_kind::operation ? static_cast<const operation_definition*>(this) : nullptr;
}
inline const fragment_definition* definition::as_fragment() const {
    return kind == definition_kind::fragment ? static_cast<const fragment_definition*>(this) : nullptr;
}
inline const schema_definition* definition::as_schema() const {
    return kind == definition_kind::schema ? static_cast<const schema_definition*>(this) : nullptr;
}
inline const type_definition* definition::as_type() const {
    return kind == definition_kind::type ? static_cast<const type_definition*>(this) : nullptr;
}
inline const directive_definition* definition::as_directive() const {
    return kind == definition_kind::directive ? static_cast<const directive_definition*>(this) : nullptr;
}

}  // namespace croft::graphql
