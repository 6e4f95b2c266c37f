// From coerced arguments to a selection of rows.
#pragma once

#include "graphql/binding/bound_schema.hpp"

namespace croft::graphql {

/// filters, order, pagination and asOf of a list. `prefix` leads to the rows of `type` from those that are selected:
/// over no reference, or from the pairs of a link to one side. Throws croft::error when a value can't be used.
croft::selection list_selection(const bound_type& type, const json_object& arguments, const schema& schema,
                                const path& prefix);

/// The row that the key arguments of a `one` query name. Throws croft::error unless exactly one key is given.
croft::selection one_selection(const bound_type& type, const json_object& arguments);

}  // namespace croft::graphql
