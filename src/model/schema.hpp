// A model as the database has it: the statements that make its table and indexes. src/migrate/ compares and changes.
#pragma once

#include <string>
#include <vector>

#include "croft/model_info.hpp"
#include "db/database.hpp"

namespace croft::model_schema {

struct column {
    std::string name;
    std::string type;  // INTEGER, REAL, TEXT, BLOB
    bool nullable = false;
    std::string definition;  // as in CREATE TABLE and ALTER TABLE ADD COLUMN
};

/// A table, index or trigger that should exist.
struct object {
    enum class kind { table, index, trigger };
    kind what = kind::table;
    std::string name;
    std::string table;              // that it belongs to
    std::string sql;                // that creates it
    std::vector<column> columns{};  // tables only
};

/// The table and indexes of a model. Throws croft::error when the model can't be stored.
std::vector<object> objects_of(const model_info& model, db::engine engine);

/// One column of a model's table.
column column_of(const model_info& model, const field_info& field, db::engine engine);

/// A value as SQL.
std::string literal(const value& v);

}  // namespace croft::model_schema
