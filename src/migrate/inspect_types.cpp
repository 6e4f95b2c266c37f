#include "migrate/inspect_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "migrate/print.hpp"
#include "model/sql.hpp"

namespace croft::migrations {
namespace {

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

/// The number in "name(12,2)" at `place`; -1: none.
int argument(const std::string& type, int place) {
    auto at = type.find('(');
    for (; place > 0 && at != type.npos; --place) at = type.find(',', at + 1);
    if (at == type.npos) return -1;
    ++at;
    while (at < type.size() && type[at] == ' ') ++at;
    int number = -1;
    std::from_chars(type.data() + at, type.data() + type.size(), number);
    return number;
}

void take_check(cpp_column& to, const std::vector<std::string>& checks, const std::string& condition) {
    if (std::ranges::find(checks, condition) != checks.end()) to.absorbed.push_back(condition);
}

/// Text that Croft has written has a default or a check that tells what it is.
void read_sqlite_text(cpp_column& to, const column_shape& column, const std::vector<std::string>& checks) {
    const auto name = model_sql::identifier(column.name);
    to.type = "std::string";
    if (column.initial.size() == 29 && column.initial.ends_with("Z'") && column.initial[11] == 'T')
        to.type = "croft::time_point";
    take_check(to, checks, fmt::format("json_valid({})", name));
    if (!to.absorbed.empty()) to.type = "croft::json";
    const auto length = fmt::format("length({}) <= ", name);
    for (auto& check : checks)
        if (check.starts_with(length)) {
            std::from_chars(check.data() + length.size(), check.data() + check.size(), to.max_length);
            to.absorbed.push_back(check);
        }
}

void read_sqlite(cpp_column& to, const column_shape& column, const std::vector<std::string>& checks) {
    const auto type = upper(column.type);
    const auto has = [&](std::string_view word) { return type.find(word) != type.npos; };
    if (has("BOOL")) {
        to.type = "bool";
    } else if (has("SMALLINT") || has("INT2")) {
        to.type = "std::int16_t";
    } else if (has("INT")) {  // SQLite's own rules from here on (datatype3.html, 3.1)
        to.type = "std::int64_t";
        take_check(to, checks, model_sql::identifier(column.name) + " IN (0, 1)");
        if (!to.absorbed.empty()) to.type = "bool";
    } else if (has("CHAR") || has("CLOB") || has("TEXT")) {
        read_sqlite_text(to, column, checks);
        if (has("CHAR") && argument(type, 0) > 0) to.max_length = static_cast<std::size_t>(argument(type, 0));
    } else if (has("BLOB") || type.empty()) {
        to.type = "croft::bytes";
    } else if (has("REAL") || has("FLOA") || has("DOUB") || has("NUM") || has("DEC")) {
        to.type = "double";
        if (has("NUM") || has("DEC")) to.remark = "SQLite keeps " + column.type + " as a floating-point number";
    } else {
        to.type = "std::string";
        to.remark = column.type + ": text as it is, if it is one";
    }
}

void read_postgres(cpp_column& to, const column_shape& column) {
    static const std::map<std::string_view, std::string_view> simple{
        {"boolean", "bool"},         {"smallint", "std::int16_t"},
        {"integer", "std::int32_t"}, {"bigint", "std::int64_t"},
        {"real", "double"},          {"double precision", "double"},
        {"text", "std::string"},     {"character varying", "std::string"},
        {"bytea", "croft::bytes"},   {"timestamp with time zone", "croft::time_point"},
        {"date", "croft::date"},     {"uuid", "croft::uuid"},
        {"jsonb", "croft::json"},    {"json", "croft::json"},
    };
    const auto& type = column.type;
    if (const auto known = simple.find(type); known != simple.end()) {
        to.type = known->second;
    } else if (type.starts_with("character varying(")) {
        to.type = "std::string";
        to.max_length = static_cast<std::size_t>(std::max(argument(type, 0), 0));
    } else if (type.starts_with("numeric(") && argument(type, 0) <= 18 && argument(type, 1) >= 0) {
        to.type = fmt::format("croft::decimal<{}>", argument(type, 1));
    }
}

/// SQL's default as C++; nothing where it isn't a constant.
std::optional<std::string> initial_of(std::string sql, const std::string& type) {
    while (sql.size() > 1 && sql.front() == '(' && sql.back() == ')') sql = sql.substr(1, sql.size() - 2);
    if (sql.starts_with("'")) {  // 'text' or 'text'::type
        std::string text;
        std::size_t i = 1;
        for (; i < sql.size(); ++i) {
            if (sql[i] == '\'' && (i + 1 >= sql.size() || sql[i + 1] != '\'')) break;
            if (sql[i] == '\'') ++i;
            text += sql[i];
        }
        if (type == "std::string") return text.empty() ? "" : cpp_text(text);
        sql = text;
    }
    if (const auto cast = sql.find("::"); cast != sql.npos) sql.erase(cast);
    if (upper(sql) == "NULL") return "";
    if (type == "bool") {
        if (upper(sql) == "TRUE" || sql == "1") return "true";
        if (upper(sql) == "FALSE" || sql == "0") return "";
        return std::nullopt;
    }
    double number = 0;
    const auto [end, code] = std::from_chars(sql.data(), sql.data() + sql.size(), number);
    const bool is_number = code == std::errc() && end == sql.data() + sql.size() && std::isfinite(number);
    if (type.starts_with("std::int")) return is_number ? std::optional(sql == "0" ? "" : sql) : std::nullopt;
    if (type == "double" || type.starts_with("croft::decimal"))
        return is_number ? std::optional(number == 0 ? "" : sql) : std::nullopt;
    static const std::set<std::pair<std::string_view, std::string_view>> zeros{
        {"croft::time_point", "1970-01-01T00:00:00.000000Z"},
        {"croft::time_point", "1970-01-01 00:00:00+00"},
        {"croft::date", "1970-01-01"},
        {"croft::uuid", "00000000-0000-0000-0000-000000000000"},
        {"croft::bytes", "\\x"},
        {"croft::bytes", "x''"},
        {"croft::json", "null"},
    };
    if (zeros.contains({type, sql})) return "";
    return std::nullopt;
}

}  // namespace

cpp_column cpp_column_of(const column_shape& column, const std::vector<std::string>& checks, db::engine engine) {
    cpp_column made;
    if (engine == db::engine::sqlite)
        read_sqlite(made, column, checks);
    else
        read_postgres(made, column);
    if (made.type.empty()) {
        made.remark = column.type + ": no member can hold it";
    } else if (column.generated) {
        made.type.clear();
        made.remark = column.type + ", computed by the database";
    } else if (!column.initial.empty()) {
        if (const auto initial = initial_of(column.initial, made.type))
            made.initial = *initial;
        else
            made.remark = "DEFAULT " + column.initial;
    }
    return made;
}

}  // namespace croft::migrations
