// What every schema has without saying so: the scalars of §3.5, the directives of §3.13, the types of introspection
// (§4). Unlinked parts; made on first use. Any thread.
#pragma once

#include "graphql/type/definitions.hpp"

namespace croft::graphql {

/// Int, Float, String, Boolean, ID, with their input checks.
const std::vector<named_type>& built_in_scalars();
/// @include, @skip, @deprecated, @specifiedBy and @oneOf.
const std::vector<directive_type>& built_in_directives();
/// __Schema, __Type, __Field, …
const std::vector<named_type>& introspection_types();

/// Whether the specification defines a scalar or introspection type of that name.
bool is_built_in_type(std::string_view name);

}  // namespace croft::graphql
