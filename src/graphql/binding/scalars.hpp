// How fields' types appear in GraphQL: scalars and the inputs that compare them.
#pragma once

#include "croft/model_info.hpp"
#include "graphql/type/definitions.hpp"

namespace croft::graphql {

/// "Int", "String", "BigInt" … of a field's type.
std::string scalar_name(field_type type);

/// The GraphQL enum of an enum's field, and the input that compares it.
named_type enum_type(const std::string& name, const field_info& field);
named_type enum_lookup(const std::string& name);

/// DateTime, BigInt and the other scalars, the inputs of all look-ups, Ordering and Pagination.
void add_common_types(schema_parts& parts);

}  // namespace croft::graphql
