#include "model/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "croft/transaction.hpp"
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

namespace {

struct existing {
    std::map<std::string, std::string> sql[3];  // by kind: name -> text
    std::map<std::string, std::vector<column>> columns;
};

task<existing> inspect(db::database* base) {
    require_sqlite(base->kind());
    existing found;
    const auto rows = co_await base->read(db::statement{
        "SELECT type, name, coalesce(sql, '') FROM sqlite_master WHERE type IN ('table', 'index', 'trigger')", {}});
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto type = rows.at(i, 0).text();
        const auto kind = type == "table"   ? object::kind::table
                          : type == "index" ? object::kind::index
                                            : object::kind::trigger;
        found.sql[static_cast<int>(kind)].emplace(rows.at(i, 1).text(), rows.at(i, 2).text());
    }
    const auto columns = co_await base->read(
        db::statement{"SELECT m.name, c.name, c.type, c.\"notnull\" FROM sqlite_master m, pragma_table_info(m.name) c "
                      "WHERE m.type = 'table' ORDER BY m.name, c.cid",
                      {}});
    for (std::size_t i = 0; i < columns.size(); ++i)
        found.columns[std::string(columns.at(i, 0).text())].push_back({std::string(columns.at(i, 1).text()),
                                                                       std::string(columns.at(i, 2).text()),
                                                                       columns.at(i, 3).integer() == 0,
                                                                       {}});
    co_return found;
}

void compare_table(const object& wanted, const std::vector<column>& there, plan& out) {
    for (auto& want : wanted.columns) {
        const auto at = std::ranges::find(there, want.name, &column::name);
        if (at == there.end()) {
            if (!want.nullable && want.definition.find(" DEFAULT ") == std::string::npos)
                out.problems.push_back(fmt::format(
                    "table {}: the new column {} needs a value for the rows that are there; make it std::optional",
                    wanted.name, want.name));
            else
                out.steps.push_back(
                    fmt::format("ALTER TABLE {} ADD COLUMN {}", identifier(wanted.name), want.definition));
        } else if (at->type != want.type) {
            out.problems.push_back(fmt::format("table {}: column {} is {} in the database and {} in the model",
                                               wanted.name, want.name, at->type, want.type));
        } else if (at->nullable != want.nullable && want.definition.find("PRIMARY KEY") == std::string::npos) {
            out.problems.push_back(fmt::format("table {}: column {} is {} in the database but {} in the model",
                                               wanted.name, want.name, at->nullable ? "nullable" : "not nullable",
                                               want.nullable ? "std::optional" : "not optional"));
        }
    }
    for (auto& have : there)
        if (std::ranges::find(wanted.columns, have.name, &column::name) == wanted.columns.end() && !have.nullable)
            out.problems.push_back(
                fmt::format("table {}: column {} is not in the model, and rows can't be written without it",
                            wanted.name, have.name));
}

plan make_plan(const existing& there, const std::vector<object>& wanted) {
    plan out;
    std::set<std::string> names;
    for (auto& want : wanted) {
        names.insert(want.name);
        const auto& same_kind = there.sql[static_cast<int>(want.what)];
        const auto at = same_kind.find(want.name);
        if (at == same_kind.end()) {
            out.steps.push_back(want.sql);
        } else if (want.what == object::kind::table) {
            compare_table(want, there.columns.at(want.name), out);
        } else if (at->second != want.sql) {
            out.steps.push_back(fmt::format("DROP {} {}", want.what == object::kind::index ? "INDEX" : "TRIGGER",
                                            identifier(want.name)));
            out.steps.push_back(want.sql);
        }
    }
    for (auto& [name, sql] : there.sql[static_cast<int>(object::kind::trigger)])  // of a model that has no history now
        if (!names.contains(name) && (name.ends_with("_history_insert") || name.ends_with("_history_update") ||
                                      name.ends_with("_history_delete")))
            out.steps.push_back("DROP TRIGGER " + identifier(name));
    return out;
}

}  // namespace

task<plan> compare(db::database* base, std::vector<object> wanted) {
    co_return make_plan(co_await inspect(base), wanted);
}

task<std::vector<std::string>> migrate(db::database* base, std::vector<object> wanted) {
    auto steps = (co_await compare(base, wanted));
    if (steps.done()) co_return std::vector<std::string>{};
    std::vector<std::string> made;
    std::function<task<>()> body = [&]() -> task<> {
        co_await base->write(
            {"CREATE TABLE IF NOT EXISTS croft_migration (id INTEGER PRIMARY KEY, applied_at TEXT NOT NULL, "
             "sql TEXT NOT NULL) STRICT",
             {}});
        auto now_needed = make_plan(co_await inspect(base), wanted);  // another process may have been first
        if (!now_needed.problems.empty())
            throw error(
                fmt::format("the database doesn't fit the models, and can't be brought to them without losing "
                            "data:\n  {}",
                            fmt::join(now_needed.problems, "\n  ")));
        for (auto& step : now_needed.steps) {
            co_await base->write({step, {}});
            co_await base->write(
                {"INSERT INTO croft_migration (applied_at, sql) VALUES (?1, ?2)", {to_text(now()), step}});
        }
        made = std::move(now_needed.steps);
    };
    co_await base->transaction(body);
    co_return made;
}

}  // namespace croft::model_schema
