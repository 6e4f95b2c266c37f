// How fields' types appear in GraphQL: scalars and the inputs that compare them.
#pragma once

#include "croft/model_info.hpp"
#include "graphql/type/definitions.hpp"

namespace croft::graphql {

/// "Int", "String", "BigInt" … of a column. A primary key is an ID.
std::string scalar_name(const model_info& model, std::size_t column);
std::string scalar_name(field_type type);

/// The input type that compares a column: "TextFilter", "IntFilter" …
std::string lookup_name(const model_info& model, std::size_t column);

/// DateTime and BigInt, the inputs of all look-ups, Ordering and Pagination.
void add_common_types(schema_parts& parts);

}  // namespace croft::graphql
