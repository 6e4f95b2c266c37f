// Writes fetched rows as the answer's JSON, straight from the database's cells.
#pragma once

#include "graphql/execution/fetch.hpp"

namespace croft::graphql {

/// One root field's value. Throws graphql_failure where a field that can't be null has nothing (spec §6.4.4: the error
/// is the whole root field's, as lists and their items are non-null).
void write_root(std::string& out, const plan_root& root, const std::vector<node_rows>& rows);

}  // namespace croft::graphql
