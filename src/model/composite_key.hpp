// A key of several fields as one value, as rows on their way to the database have it in the place of a reference: a
// JSON array of the fields' values. One of a single field is its value itself.
// Plain computation; any thread.
#pragma once

#include <vector>

#include "croft/model_info.hpp"

namespace croft::composite_key {

/// Null where any of them is: such a key names nothing.
value join(std::vector<value> parts);
/// The values again, each of its field's type. Throws croft::error for what join() didn't make of such fields.
std::vector<value> split(const model_info& model, const std::vector<std::size_t>& fields, const value& joined);

}  // namespace croft::composite_key
