// One field as a column: its type, default and checks.
#include <fmt/format.h>

#include <cmath>

#include "model/ddl.hpp"
#include "model/sql.hpp"

namespace croft::model_schema {

using model_sql::identifier;

namespace {

std::string_view sqlite_type(field_type type) {
    switch (type) {
        case field_type::real:
            return "REAL";
        case field_type::bytes:
            return "BLOB";
        case field_type::text:
        case field_type::timestamp:
        case field_type::date:
        case field_type::uuid:
        case field_type::json:
        case field_type::enumeration:
            return "TEXT";
        default:
            return "INTEGER";
    }
}

std::string postgres_type(const field_info& field) {
    switch (field.type) {
        case field_type::boolean:
            return "boolean";
        case field_type::integer16:
            return "smallint";
        case field_type::integer32:
            return "integer";
        case field_type::real:
            return "double precision";
        case field_type::text:
            return field.max_length ? fmt::format("character varying({})", field.max_length) : "text";
        case field_type::bytes:
            return "bytea";
        case field_type::timestamp:
            return "timestamp with time zone";
        case field_type::date:
            return "date";
        case field_type::decimal:
            return fmt::format("numeric(18,{})", field.scale);
        case field_type::uuid:
            return "uuid";
        case field_type::json:
            return "jsonb";
        case field_type::enumeration:
            return "text";
        default:  // microseconds of a duration too
            return "bigint";
    }
}

std::string in_quotes(std::string_view text) {
    std::string out = "'";
    for (char c : text) out += c == '\'' ? "''" : std::string(1, c);
    return out + "'";
}

std::string hexadecimal(const bytes& content) {
    std::string out;
    for (auto one : content) out += fmt::format("{:02x}", std::to_integer<unsigned>(one));
    return out;
}

/// What the column's type doesn't say by itself; empty: nothing.
std::string check_of(const field_info& field, db::engine engine) {
    const auto name = identifier(field.column);
    if (field.type == field_type::enumeration && !field.enumerators.empty()) {
        std::string names;
        for (const auto& one : field.enumerators) names += (names.empty() ? "" : ", ") + in_quotes(one);
        return fmt::format("{} IN ({})", name, names);
    }
    if (engine == db::engine::postgres) return {};
    if (field.type == field_type::boolean) return name + " IN (0, 1)";
    if (field.type == field_type::json)  // which says no to NULL
        return (field.nullable ? name + " IS NULL OR " : std::string()) + fmt::format("json_valid({})", name);
    if (field.type == field_type::text && field.max_length)
        return fmt::format("length({}) <= {}", name, field.max_length);
    return {};
}

bool is_only_key(const model_info& model, const field_info& field) {
    return model.keys.size() == 1 && &field == &model.fields[model.id];
}

bool is_key(const model_info& model, const field_info& field) {
    for (auto i : model.keys)
        if (&field == &model.fields[i]) return true;
    return false;
}

}  // namespace

std::string column_type(const field_info& field, db::engine engine) {
    const auto& stored = field.stored_as();
    return engine == db::engine::sqlite ? std::string(sqlite_type(stored.type)) : postgres_type(stored);
}

std::string literal(const value& v, db::engine engine) {
    struct writer {
        bool sqlite;
        std::string operator()(std::monostate) const { return "NULL"; }
        std::string operator()(bool b) const { return sqlite ? b ? "1" : "0" : b ? "true" : "false"; }
        std::string operator()(std::int64_t i) const { return std::to_string(i); }
        std::string operator()(double d) const {
            if (std::isfinite(d)) return fmt::format("{:#}", d);
            if (!sqlite) return fmt::format("'{}'", d);
            return std::isnan(d) ? "NULL" : d > 0 ? "9e999" : "-9e999";
        }
        std::string operator()(const std::string& s) const { return in_quotes(s); }
        std::string operator()(const bytes& b) const {
            return sqlite ? "x'" + hexadecimal(b) + "'" : "'\\x" + hexadecimal(b) + "'";
        }
        std::string operator()(time_point t) const { return in_quotes(to_text(t)); }
        std::string operator()(date d) const { return in_quotes(to_text(d)); }
        std::string operator()(duration d) const { return std::to_string(d.count()); }
        std::string operator()(decimal_value d) const { return sqlite ? std::to_string(d.units) : to_text(d); }
        std::string operator()(const uuid& id) const { return in_quotes(to_text(id)); }
        std::string operator()(const json_text& j) const { return in_quotes(j.text); }
    };
    return std::visit(writer{engine == db::engine::sqlite}, v);
}

column column_of(const model_info& model, const field_info& field, db::engine engine) {
    const bool sqlite = engine == db::engine::sqlite;
    column made{field.column, column_type(field, engine), field.nullable, {}};
    auto& sql = made.definition;
    sql = identifier(field.column) + " " + made.type;
    if (is_only_key(model, field) && model.assigns_key())  // an id is never used again: history would mix two rows
        return sql += sqlite ? " PRIMARY KEY AUTOINCREMENT" : " GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", made;
    const auto stored = field.stored_as().type;
    if (!sqlite && (stored == field_type::text || stored == field_type::enumeration))
        sql += " COLLATE \"C\"";  // sorts and compares as SQLite does, and serves LIKE 'a%'
    if (!field.nullable) sql += " NOT NULL";
    if (is_only_key(model, field)) sql += " PRIMARY KEY";
    const bool has_default = !is_key(model, field) && field.type != field_type::reference;
    if (has_default && (!field.nullable || !is_null(field.initial)))
        sql += " DEFAULT " + literal(field.initial, engine);
    if (const auto check = check_of(field, engine); !check.empty())
        sql += fmt::format(" CONSTRAINT {} CHECK ({})", identifier(object_name({model.table, field.column, "check"})),
                           check);
    return made;
}

}  // namespace croft::model_schema
