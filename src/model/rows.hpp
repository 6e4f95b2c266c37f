// Between database rows and models: cells into values, and what is filled in for fields that nobody set.
#pragma once

#include "croft/model_info.hpp"
#include "db/row_set.hpp"

namespace croft {

class json;

/// A cell as the field's C++ type takes it. Throws croft::error naming model and field when the database holds
/// something else.
value cell_value(const model_info& model, const field_info& field, const db::cell_view& cell);

/// A value as JSON: what JSON has no word for (times, bytes) as text.
json to_json(const value& v);

/// Adds created_at and modified_at, where the model has them, to the fields and values of a row to be written.
void add_defaults(const model_info& model, std::vector<std::size_t>& fields, std::vector<value>& row, time_point now);

}  // namespace croft
