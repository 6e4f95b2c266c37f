// What the macros of croft/graphql.hpp declared in this program.
#pragma once

#include <vector>

#include "croft/graphql.hpp"

namespace croft::graphql_binding {

const std::vector<shown_type (*)()>& shown_types();
const std::vector<root_query>& root_queries();

}  // namespace croft::graphql_binding
