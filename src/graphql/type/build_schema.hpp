// A schema from SDL text (spec §3).
//
//     auto schema = graphql::build_schema("type Query { now: String! }");
//     if (!schema) for (auto& error : schema.error()) log(error.message);
//
// For errors with their places run validate_sdl (graphql/validation/validate.hpp) on the document first. Any thread.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "graphql/language/document.hpp"
#include "graphql/type/schema.hpp"

namespace croft::graphql {

using built_schema = std::expected<schema, std::vector<graphql_error>>;

/// Definitions and extensions, in any order. Without a `schema` definition, types called Query, Mutation and
/// Subscription are the roots.
built_schema build_schema(const document& sdl);
built_schema build_schema(std::string sdl);

/// Another schema: this one with the definitions and extensions of `sdl`. Bindings and scalar checks are kept.
built_schema extend_schema(const schema& schema, const document& sdl);

/// Puts the definitions of `sdl` to `parts`, unlinked; for SDL together with types made by code. Answers what is wrong:
/// an extension of a type that isn't there, or is of another kind.
std::vector<graphql_error> add_definitions(const document& sdl, schema_parts& parts);

/// A directive of SDL, unlinked.
directive_type read_directive(const directive_definition& node);

}  // namespace croft::graphql
