// A schema (spec §3): its types, directives and roots, all names resolved.
//
//     schema_parts parts{.query = "Query"};
//     parts.types.push_back({.name = "Query", .fields = {{.name = "now", .type_name = "String!"}}});
//     auto linked = schema::link(std::move(parts));
//     if (!linked) for (auto& error : linked.error()) log(error.message);
//
// or from SDL: build_schema (graphql/type/build_schema.hpp). Immutable: any thread may use it. Types stay where they
// are when the schema is moved.
#pragma once

#include <deque>
#include <expected>
#include <memory>
#include <unordered_map>
#include <vector>

#include "graphql/error.hpp"
#include "graphql/type/definitions.hpp"

namespace croft::graphql {

class schema {
public:
    /// Resolves the names and reads the defaults; adds introspection, the specification's directives, and those of its
    /// scalars that are used. The errors are all there are: unknown and repeated names, and defaults that don't fit.
    /// It doesn't check the rules of §3 (validation/validate_schema.hpp does).
    static std::expected<schema, std::vector<graphql_error>> link(schema_parts parts);

    const std::string& description() const { return parts_->description; }
    /// Null when there is no such root operation.
    const named_type* root(operation_type operation) const;

    /// In definition order, then the built-in ones.
    const std::deque<named_type>& types() const { return parts_->types; }
    const std::deque<directive_type>& directives() const { return parts_->directives; }
    /// O(1); null when there is none.
    const named_type* type(std::string_view name) const;
    const directive_type* directive(std::string_view name) const;

    /// A document's type reference; none when the type isn't known (or is wrapped more than type::max_wrappers times).
    graphql::type resolve(const type_ref& reference) const;

    /// The field of that name, with __typename everywhere, and __schema and __type on the query root (§4.1).
    const field_definition* field(const named_type& parent, std::string_view name) const;
    const field_definition& typename_field() const { return parts_->typename_field; }
    const field_definition& schema_field() const { return parts_->schema_field; }
    const field_definition& type_field() const { return parts_->type_field; }

    /// §5.8.5 AreTypesCompatible, and covariance of §3.6: what is of type `sub` may stand where `super` is expected.
    static bool is_subtype(const graphql::type& sub, const graphql::type& super);
    /// Whether some object is of both types.
    static bool overlap(const named_type& a, const named_type& b);

    /// What it was made of, without the built-in parts, to make another one from.
    schema_parts parts() const;

private:
    friend class schema_linker;
    struct inside {
        std::string description;
        std::string root_names[3];
        std::deque<named_type> types;  // a deque keeps them in place
        std::deque<directive_type> directives;
        std::unordered_map<std::string_view, const named_type*> types_by_name;
        std::unordered_map<std::string_view, const directive_type*> directives_by_name;
        const named_type* roots[3] = {};
        field_definition typename_field, schema_field, type_field;
    };
    schema() : parts_(std::make_shared<inside>()) {}
    std::shared_ptr<inside> parts_;
};

}  // namespace croft::graphql
