// What a rollup is in the database: its table with some columns that the struct doesn't show, indexes and triggers on
// the source's table, and the computation anew that they must agree with. Loop thread only.
#pragma once

#include "croft/rollup.hpp"
#include "model/ddl.hpp"

namespace croft::rollup {

/// A source field that is summed up, for sum or avg. Its columns: croft_n_<field> counts values, croft_sum_<field> adds
/// them up; of reals, croft_rest_<field> is what the sum has lost by rounding (Neumaier), so that it stays as right as
/// a sum made at once.
struct summed {
    std::size_t source = 0;
    std::string count, sum, rest;  // columns; rest: reals only
    int scale = 0;                 // of decimals, which SQLite adds up in units of 10^-scale
};

/// The columns that the struct doesn't show.
constexpr std::string_view rows_column = "croft_rows";
std::vector<summed> summed_fields(const rollup_info& of);

/// The model as its table is made: of a rollup, with those columns; of others, the model itself.
const model_info& stored(const model_info& model);

/// Indexes and triggers on the source's table.
std::vector<model_schema::object> objects_of(const rollup_info& of, db::engine engine);
/// What a model's table has besides its own: as the source of rollups, or as one.
std::vector<model_schema::object> extras_of(const model_info& model, db::engine engine);
std::vector<model_schema::object> sqlite_triggers(const rollup_info& of);
std::vector<model_schema::object> postgres_triggers(const rollup_info& of);

/// Which rows count, as SQL about the source's row of that name: ` WHERE NEW."price" > 10`, with another word before
/// it, or nothing where all do.
std::string clause(const rollup_info& of, std::string_view word, std::string_view row, db::engine engine);
/// The source's fields that it speaks of. Throws croft::error for what it can't be about.
std::vector<std::size_t> fields_of(const condition& where, const model_info& source);

/// SELECT of the table's columns but the id, computed from the source: keys, aggregates, hidden ones.
std::string computation(const rollup_info& of, db::engine engine);
/// What decimals are stored in on SQLite, as a real: "100.0" of a scale of 2.
std::string unit(int scale);
/// Names of the columns of that, in their order.
std::vector<std::string> computed_columns(const rollup_info& of);

/// A group whose row isn't what it should be.
struct difference {
    std::string group;   // "type \"meal\""
    std::string column;  // empty: the whole row
    std::string is, should_be;
    std::string describe() const;
};

/// Compares with a computation anew. Sums of reals may differ by rounding.
task<std::vector<difference>> check(const rollup_info* of);
/// Computes it anew; rows get new ids.
task<> rebuild(const rollup_info* of);
/// Rebuilds what is new, or declared otherwise than when it was built. Gives the names.
task<std::vector<std::string>> rebuild_new();

}  // namespace croft::rollup
