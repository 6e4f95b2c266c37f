// Spec §4: what a schema says of itself, written as the answer's JSON.
#pragma once

#include "graphql/execution/collect.hpp"

namespace croft::graphql {

/// The value of __schema or __type(name:), for the given selections.
void write_introspection(std::string& out, const schema& schema, const document& document, const field& asked,
                         const std::vector<const selection_set*>& selections, const json_object& variables);

}  // namespace croft::graphql
