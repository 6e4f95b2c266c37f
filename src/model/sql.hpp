// SQL text for models: what a selection, an insert, an update becomes on each engine.
//
//     auto statement = model_sql::select(query<Item>().what(), fields, db::engine::sqlite);
//
// sql_builder: text and parameters; sql_scope: tables and joins, expressions and conditions over them; sql_select and
// sql_write: whole statements.
#pragma once

#include <span>

#include "croft/condition.hpp"
#include "croft/query.hpp"
#include "model/sql_builder.hpp"
#include "model/sql_scope.hpp"

namespace croft::model_sql {

/// The selection's order and, after it, what makes it total: the primary key; of groups and distinct values, these
/// themselves.
std::vector<ordering> total_order(const selection& what);

/// Has the rows ordered by the field before all else, for whoever takes those with each of its values for themselves:
/// an index on it then gives them in order, and nothing needs to be sorted.
void order_first_by(selection& what, std::size_t field);

/// SELECT of these fields (indexes into the model's fields), in their order.
db::statement select(const selection& what, std::span<const std::size_t> fields, db::engine engine);
/// The same with limit and offset counted within the rows that share a value of `group` (a field that is among
/// `fields`): a page of children for each of many parents. Fields must be distinct.
db::statement select_in_groups(const selection& what, std::span<const std::size_t> fields, std::size_t group,
                               db::engine engine);
/// SELECT of the selection's groups, then its columns; of all fields where it has neither.
db::statement select(const selection& what, db::engine engine);
/// What takes the place of several values where they are bound as one (one_of(): all but doubles and bytes), so that
/// the statement is the same however many there are; nothing where each is bound by itself.
std::optional<value> list_parameter(const std::vector<value>& values, db::engine engine);
/// How many rows, whatever order, limit and offset say.
db::statement count(const selection& what, db::engine engine);

/// DELETE of the rows of `what`. Throws croft::error when it has an order, limit, offset or as_of.
db::statement remove(const selection& what, db::engine engine);
/// UPDATE that leaves rows alone which have the values already; sets modified_at to `now`.
db::statement update(const selection& what, const std::vector<assignment>& changes, time_point now, db::engine engine);

/// An INSERT … ON CONFLICT (key) DO UPDATE … WHERE something differs: a row is written only if it is new or changed.
/// `fields` are bound in their order; created_at is set by an insert only, modified_at whenever something is written,
/// and neither makes a difference. Without `key`: a plain INSERT. For many rows (database::write_many, insert_many).
db::insertion insertion(const model_info& model, std::span<const std::size_t> fields, std::span<const std::size_t> key,
                        db::engine engine);
/// The same for one row; gives `returning`, one of its fields, when it is written.
std::string upsert(const model_info& model, std::span<const std::size_t> fields, std::span<const std::size_t> key,
                   std::optional<std::size_t> returning, db::engine engine);
/// INSERT … ON CONFLICT (key) DO NOTHING RETURNING the key: nothing where there is such a row already.
std::string insert_new(const model_info& model, std::span<const std::size_t> fields, std::span<const std::size_t> key,
                       db::engine engine);

}  // namespace croft::model_sql
