// A JSON value written as a GraphQL literal of a type: what introspection says of defaults, and what SDL shows.
//
//     print_literal(json::object({{"order", "ASC"}}), type);   // {order: ASC}
#pragma once

#include <string>

#include "croft/json.hpp"
#include "graphql/type/type.hpp"

namespace croft::graphql {

std::string print_literal(const json& value, const type& type);

}  // namespace croft::graphql
