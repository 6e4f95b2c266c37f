#include "model/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "model/sql.hpp"

namespace croft::model_schema {

using model_sql::identifier;

namespace {

std::string_view column_type(field_type type) {
    switch (type) {
        case field_type::real:
            return "REAL";
        case field_type::text:
        case field_type::timestamp:
            return "TEXT";
        case field_type::bytes:
            return "BLOB";
        default:
            return "INTEGER";
    }
}

std::string_view rule_sql(on_delete rule) {
    switch (rule) {
        case on_delete::cascade:
            return "CASCADE";
        case on_delete::set_null:
            return "SET NULL";
        case on_delete::restrict:
            return "RESTRICT";
    }
    return "RESTRICT";
}

void require_sqlite(db::engine engine) {
    if (engine != db::engine::sqlite) throw error("tables can be made on SQLite only so far");
}

std::string joined_names(const model_info& model, const std::vector<std::size_t>& fields, std::string_view separator) {
    std::string out;
    for (auto i : fields) out += (out.empty() ? "" : std::string(separator)) + model.fields[i].column;
    return out;
}

object index_object(const model_info& model, const std::vector<std::size_t>& fields, bool unique) {
    std::string columns;
    for (auto i : fields) columns += (columns.empty() ? "" : ", ") + identifier(model.fields[i].column);
    const auto name =
        fmt::format("{}_{}_{}", model.table, joined_names(model, fields, "_"), unique ? "unique" : "index");
    return {object::kind::index, name, model.table,
            fmt::format("CREATE {}INDEX {} ON {} ({})", unique ? "UNIQUE " : "", identifier(name),
                        identifier(model.table), columns)};
}

}  // namespace

std::string literal(const value& v) {
    struct writer {
        std::string operator()(std::monostate) const { return "NULL"; }
        std::string operator()(bool b) const { return b ? "1" : "0"; }
        std::string operator()(std::int64_t i) const { return std::to_string(i); }
        std::string operator()(double d) const { return fmt::format("{:#}", d); }
        std::string operator()(const std::string& s) const {
            std::string out = "'";
            for (char c : s) out += c == '\'' ? "''" : std::string(1, c);
            return out + "'";
        }
        std::string operator()(const bytes&) const { return "x''"; }
        std::string operator()(time_point t) const { return "'" + to_text(t) + "'"; }
        std::string operator()(date d) const { return "'" + to_text(d) + "'"; }
        std::string operator()(duration d) const { return std::to_string(d.count()); }
        std::string operator()(decimal_value d) const { return std::to_string(d.units); }
        std::string operator()(const uuid& id) const { return "'" + to_text(id) + "'"; }
        std::string operator()(const json_text& j) const { return (*this)(j.text); }
    };
    return std::visit(writer{}, v);
}

column column_of(const model_info& model, const field_info& field, db::engine engine) {
    require_sqlite(engine);
    column made{field.column, std::string(column_type(field.type)), field.nullable, {}};
    made.definition = identifier(field.column) + " " + made.type;
    if (&field == &model.fields[model.id]) {
        made.definition += " PRIMARY KEY AUTOINCREMENT";  // an id is never used again: history would mix two rows
        return made;
    }
    if (!field.nullable) made.definition += " NOT NULL";
    if (field.type == field_type::reference) {
        made.definition +=
            fmt::format(" REFERENCES {} ({}) ON DELETE {}", identifier(field.target().table),
                        identifier(field.target().fields[field.target().id].column), rule_sql(field.rule));
    } else if (!field.nullable || !is_null(field.initial)) {
        made.definition += " DEFAULT " + literal(field.initial);
    }
    if (field.type == field_type::boolean)
        made.definition += fmt::format(" CHECK ({} IN (0, 1))", identifier(field.column));
    return made;
}

std::vector<object> objects_of(const model_info& model, db::engine engine) {
    std::vector<object> objects(1);
    object& table = objects.front();
    table.name = table.table = model.table;
    table.sql = "CREATE TABLE " + identifier(model.table) + " (";
    for (const auto& field : model.fields) {
        auto made = column_of(model, field, engine);
        table.sql += (table.columns.empty() ? "\n  " : ",\n  ") + made.definition;
        table.columns.push_back(std::move(made));
    }
    table.sql += "\n) STRICT";
    std::set<std::size_t> indexed;
    std::vector<object> indexes;
    for (auto& fields : model.uniques) {
        indexes.push_back(index_object(model, fields, true));
        indexed.insert(fields.front());
    }
    for (auto& index : model.indexes) {
        std::vector<std::size_t> fields;
        for (auto& part : index.parts) fields.push_back(part.field);
        indexes.push_back(index_object(model, fields, false));
        indexed.insert(fields.front());
    }
    for (std::size_t i = 0; i < model.fields.size(); ++i)
        if (model.fields[i].type == field_type::reference && model.fields[i].target && !indexed.contains(i))
            indexes.push_back(index_object(model, {i}, false));
    objects.insert(objects.end(), indexes.begin(), indexes.end());
    return objects;
}

}  // namespace croft::model_schema
