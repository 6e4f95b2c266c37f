// The rules of §3 for a schema as a whole ("Type Validation"): roots, names, fields where there must be some,
// interfaces implemented as they promise, inputs that can be given.
//
//     for (auto& error : graphql::validate_schema(schema)) log(error.message);
//
// Run it once when a schema is made; the executor relies on it. Errors have no places: a schema need not come from a
// text. Any thread.
#pragma once

#include <vector>

#include "graphql/error.hpp"
#include "graphql/type/schema.hpp"

namespace croft::graphql {

/// Empty when the schema is valid.
std::vector<graphql_error> validate_schema(const schema& schema);

}  // namespace croft::graphql
