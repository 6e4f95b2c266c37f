// What a schema is made of (spec §3): plain structs to be filled in by hand, from SDL or from models, and handed to
// schema::link. Types are referred to by name, as SDL writes them.
//
//     named_type item{.kind = type_kind::object, .name = "Item"};
//     item.fields.push_back({.name = "name", .type_name = "String!"});
//     item.fields.push_back({.name = "drops", .type_name = "[Drop!]!", .arguments = {{.name = "first", .type_name =
//     "Int",
//                            .default_text = "20"}}});
//
// The members in "set by link" are the schema's; leave them alone. `binding` is the executor's: whatever it needs to
// find a field's data; the schema never looks at it.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "croft/json.hpp"
#include "graphql/language/ast.hpp"
#include "graphql/language/directive_location.hpp"
#include "graphql/type/type.hpp"

namespace croft::graphql {

inline constexpr std::string_view default_deprecation_reason = "No longer supported";

/// An argument, or a field of an input object.
struct input_value {
    std::string name{};
    std::string type_name{};  ///< "[Int!]!"
    std::string description{};
    std::string default_text{};  ///< a literal: "20", "[RED]", "null"; empty: no default
    std::optional<std::string> deprecation{};
    const void* binding = nullptr;

    // set by link
    graphql::type type{};
    std::optional<json> default_value{};

    /// §5.4.2.1: it can't be left out.
    bool required() const { return type.is_non_null() && !default_value; }
};

/// A field of an object or interface.
struct field_definition {
    std::string name{};
    std::string type_name{};
    std::string description{};
    std::vector<input_value> arguments{};
    std::optional<std::string> deprecation{};
    const void* binding = nullptr;

    // set by link
    graphql::type type{};

    const input_value* argument(std::string_view name) const;
};

struct enum_value {
    std::string name{};
    std::string description{};
    std::optional<std::string> deprecation{};
    const void* binding = nullptr;
};

/// How a scalar checks what comes in; either may be null: then anything goes, as JSON.
struct scalar_input {
    /// The value to use, or why not: "Int cannot represent non-integer value: "x"".
    using answer = std::expected<json, std::string>;
    answer (*from_json)(const json& value) = nullptr;
    /// When null, the literal is turned into JSON and given to from_json.
    answer (*from_literal)(const value& literal) = nullptr;
};

using name_index = std::unordered_map<std::string_view, std::uint32_t>;

/// A type; which lists are filled depends on its kind.
struct named_type {
    type_kind kind = type_kind::object;
    std::string name{};
    std::string description{};
    std::vector<field_definition> fields{};   ///< object, interface
    std::vector<std::string> interfaces{};    ///< object, interface
    std::vector<std::string> members{};       ///< union
    std::vector<enum_value> values{};         ///< enum
    std::vector<input_value> input_fields{};  ///< input object
    bool one_of = false;                      ///< input object: @oneOf
    std::string specified_by{};               ///< scalar: the URL of @specifiedBy
    scalar_input input{};                     ///< scalar
    const void* binding = nullptr;

    // set by link
    std::uint32_t id = 0;                           ///< its place in schema::types()
    bool built_in = false;                          ///< a scalar of the specification, or of introspection
    std::vector<const named_type*> implements{};    ///< its interfaces
    std::vector<const named_type*> possible{};      ///< interface, union: the objects it can be
    std::vector<const named_type*> implementers{};  ///< interface: the interfaces that implement it
    std::vector<bool> includes_id{};
    name_index by_name{};

    bool is(type_kind which) const { return kind == which; }
    bool is_composite() const { return is(type_kind::object) || is_abstract(); }
    bool is_abstract() const { return is(type_kind::interface) || is(type_kind::union_); }
    bool is_leaf() const { return is(type_kind::scalar) || is(type_kind::enum_); }
    bool is_input() const { return is_leaf() || is(type_kind::input_object); }
    bool is_output() const { return !is(type_kind::input_object); }

    // Look-ups by name, O(1); null when there is none. Only after link.
    const field_definition* field(std::string_view name) const;
    const input_value* input_field(std::string_view name) const;
    const enum_value* value(std::string_view name) const;

    /// Whether an object of type `other`, or everything of the abstract type `other`, is of this type too.
    bool includes(const named_type& other) const {
        return this == &other || (other.id < includes_id.size() && includes_id[other.id]);
    }
};

struct directive_type {
    std::string name{};
    std::string description{};
    std::vector<input_value> arguments{};
    bool repeatable = false;
    std::vector<directive_location> locations{};

    // set by link
    bool built_in = false;

    const input_value* argument(std::string_view name) const;
    bool allows(directive_location location) const;
};

/// Everything that makes a schema, before it is linked. An empty root name means that there is no such root.
struct schema_parts {
    std::string description{};
    std::string query{}, mutation{}, subscription{};
    std::vector<named_type> types{};
    std::vector<directive_type> directives{};

    named_type* type(std::string_view name);
};

}  // namespace croft::graphql
