// Models as tables: what CREATE TABLE and CREATE INDEX say, on each engine.
//
//     for (auto& object : model_schema::objects_of(croft::model<Item>(), db::engine::postgres)) run(object.sql);
//
// Plain values; any thread.
#pragma once

#include <string>
#include <vector>

#include "croft/model_info.hpp"
#include "db/database.hpp"

namespace croft::model_schema {

struct column {
    std::string name;
    std::string type;  // "INTEGER", "numeric(18,2)": as the engine's catalogue shows it
    bool nullable = false;
    std::string definition;  // as in CREATE TABLE and ALTER TABLE ADD COLUMN
};

/// Something that should exist in the database. A constraint is made after all tables: a foreign key to a table that
/// itself, over any number of references, depends on this one (PostgreSQL only). A function is a trigger's.
struct object {
    enum class kind { table, index, trigger, function, constraint };
    kind what = kind::table;
    std::string name;
    std::string table;              // that it belongs to
    std::string sql;                // that creates it
    std::vector<column> columns{};  // tables only
    std::string fill{};             // run once, right after it was made
};

/// The table and indexes of a model. Throws croft::error when the model can't be stored.
std::vector<object> objects_of(const model_info& model, db::engine engine);

/// The same of many models, in an order in which they can be created: tables before those that refer to them, triggers
/// and their functions after all tables.
std::vector<object> objects_of(std::vector<const model_info*> models, db::engine engine);

/// One column of a model's table.
column column_of(const model_info& model, const field_info& field, db::engine engine);

/// "bigint", "TEXT": the type of the field's column.
std::string column_type(const field_info& field, db::engine engine);

/// A value as SQL: in defaults and checks, where nothing can be bound.
std::string literal(const value& v, db::engine engine);

/// "item_name_unique" of its parts, shortened (with a number made from the whole) to the 63 bytes of PostgreSQL.
std::string object_name(const std::vector<std::string_view>& parts);

}  // namespace croft::model_schema
