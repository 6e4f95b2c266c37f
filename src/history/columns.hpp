// Lists of a model's columns, as the SQL of history tables and triggers needs them. Internal to history.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "croft/model_info.hpp"
#include "db/database.hpp"

namespace croft::history {

/// A field's column, quoted.
std::string column(const field_info& field);
std::vector<std::size_t> all_fields(const model_info& model);
/// The fields whose change is worth a version: neither key, nor created_at or modified_at, nor excepted.
std::vector<std::size_t> tracked_fields(const model_info& model);
/// The field lists that have an index in the model's table: unique ones only, or all but the primary key.
std::vector<std::vector<std::size_t>> unique_lists(const model_info& model);
std::vector<std::vector<std::size_t>> indexed_lists(const model_info& model);

/// prefix"a", prefix"b"
std::string list(const model_info& model, const std::vector<std::size_t>& fields, std::string_view prefix = "");
/// left"a" = right"a" AND left"b" = right"b"; with another symbol or word between.
std::string each(const model_info& model, const std::vector<std::size_t>& fields, std::string_view left,
                 std::string_view symbol, std::string_view right, std::string_view between);

/// The end of validity as the indexes have it, and conditions must have it to be found there. PostgreSQL doesn't look
/// at "null or later" within an index, but must fetch the row.
std::string end_of_validity(std::string_view prefix, db::engine engine);

/// The columns that say who made a version, and the names of the same in the context: history_run <- run …
struct context_column {
    std::string_view history;  // in the event table
    std::string_view context;  // in croft_context; croft.<name> among PostgreSQL's settings
    field_type type;
};
const std::vector<context_column>& context_columns();

}  // namespace croft::history
