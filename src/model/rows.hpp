// Between database rows and models: cells into values, and what is filled in for fields that nobody set.
#pragma once

#include "croft/condition.hpp"
#include "db/database.hpp"

namespace croft {

class json;

/// A cell as the field's C++ type takes it. Throws croft::error naming model and field when the database holds
/// something else.
value cell_value(const model_info& model, const field_info& field, const db::cell_view& cell);

/// Reads a row of all the model's fields, which the found one begins with, into the struct.
void read_row(const model_info& model, const db::row_set& found, std::size_t row, void* into);
/// The one cell into its member. Both throw croft::error naming table and column when the database holds something that
/// doesn't fit.
void read_member(const model_info& model, const field_info& field, const db::cell_view& cell, void* row);

/// A cell of an expression's column.
value cell_value(const expression& of, const db::cell_view& cell);

namespace detail {
/// Asks the current database for the rows of `what`, by the statement that was made of it. Throws croft::error for a
/// query that locks rows outside of a transaction, where that would say nothing.
task<db::row_set> ask(row_lock lock, db::statement made);
}  // namespace detail

// What a cell says, of the types that not every engine has. Throw croft::error when it says something else.
time_point time_in(const db::cell_view& cell);
date date_in(const db::cell_view& cell);
uuid uuid_in(const db::cell_view& cell);
decimal_value decimal_in(const db::cell_view& cell, int scale);

/// A value as JSON: what JSON has no word for (times, bytes) as text.
json to_json(const value& v);

/// JSON as a field stores it. Throws croft::error for what couldn't be read again, or not be stored everywhere: more
/// levels than json::parse takes, a text with a zero byte.
json_text stored_text(const json& v);

/// Adds created_at and modified_at, where the model has them, to the fields and values of a row to be written.
void add_defaults(const model_info& model, std::vector<std::size_t>& fields, std::vector<value>& row, time_point now);

}  // namespace croft
