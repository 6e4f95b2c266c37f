// SQL text for models: one builder, told which engine it writes for. Names come from model declarations only and are
// quoted; values are always bound.
#pragma once

#include <span>

#include "croft/condition.hpp"
#include "croft/query.hpp"
#include "db/database.hpp"

namespace croft::model_sql {

/// "name" in double quotes, quotes doubled.
std::string identifier(std::string_view name);

/// A statement under construction.
class builder {
public:
    explicit builder(db::engine engine) : engine_(engine) {}
    builder& operator<<(std::string_view text) {
        sql_ += text;
        return *this;
    }
    builder& name(std::string_view identifier_text);
    /// Binds a value and writes its placeholder.
    builder& bind(value v);
    db::engine engine() const noexcept { return engine_; }
    db::statement finish() && { return {std::move(sql_), std::move(params_)}; }

private:
    db::engine engine_;
    std::string sql_;
    std::vector<value> params_;
};

/// SELECT of these fields (indexes into the model's fields), in their order.
db::statement select(const selection& what, std::span<const std::size_t> fields, db::engine engine);
/// The same with limit and offset counted within the rows that share a value of `group` (a field that is among
/// `fields`): a page of children for each of many parents. Fields must be distinct.
db::statement select_in_groups(const selection& what, std::span<const std::size_t> fields, std::size_t group,
                               db::engine engine);
db::statement count(const selection& what, db::engine engine);
/// DELETE of the rows of `what`. Throws croft::error when it has an order, limit, offset or as_of.
db::statement remove(const selection& what, db::engine engine);
/// UPDATE that leaves rows alone which have the values already; sets modified_at to `now`.
db::statement update(const selection& what, const std::vector<assignment>& changes, time_point now, db::engine engine);

/// An INSERT … ON CONFLICT (key) DO UPDATE … WHERE something differs: the row is written only if it is new or changed.
/// `fields` are bound in their order; created_at is set by an insert only, modified_at whenever something is written,
/// and neither makes a difference. Without `key`: a plain INSERT. With `returning_id` it gives the primary key of a row
/// written.
std::string upsert(const model_info& model, std::span<const std::size_t> fields, std::span<const std::size_t> key,
                   bool returning_id, db::engine engine);

/// The table that keeps the model's history.
std::string history_table(const model_info& model);

}  // namespace croft::model_sql
