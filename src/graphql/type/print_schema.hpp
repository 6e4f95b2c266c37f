// A schema as SDL: what a client's tools are generated from, and what is compared between two versions.
//
//     graphql::print_schema(schema);   // type Query {\n  now: String!\n}
#pragma once

#include <string>

#include "graphql/type/schema.hpp"

namespace croft::graphql {

enum class sdl_order { definition, name };

/// Without what is built in. `name` sorts types and directives (not fields), for a stable text to compare.
std::string print_schema(const schema& schema, sdl_order order = sdl_order::definition);

/// One type of it.
std::string print_type(const named_type& type);

}  // namespace croft::graphql
