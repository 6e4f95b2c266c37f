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

void require_sqlite(db::engine engine) {
    if (engine != db::engine::sqlite) throw error("tables can be migrated on SQLite only so far");
}

struct existing {
    std::map<std::string, std::string> sql[5];  // by kind: name -> text
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

bool is_ours(std::string_view name) {
    static constexpr std::string_view ends[] = {"insert",        "update",          "delete",          "replace",
                                                "rekey",         "insert_replaced", "update_replaced", "guard_insert",
                                                "guard_columns", "guard_update",    "guard_delete"};
    for (const std::string_view what : {"_history_", "_rollup_"})
        if (const auto at = name.rfind(what); at != name.npos)
            return std::ranges::find(ends, name.substr(at + what.size())) != std::ranges::end(ends);
    return false;
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
            if (!want.fill.empty()) out.steps.push_back(want.fill);
        } else if (want.what == object::kind::table) {
            compare_table(want, there.columns.at(want.name), out);
        } else if (at->second != want.sql) {
            out.steps.push_back(fmt::format("DROP {} {}", want.what == object::kind::index ? "INDEX" : "TRIGGER",
                                            identifier(want.name)));
            out.steps.push_back(want.sql);
        }
    }
    for (auto& [name, sql] :
         there.sql[static_cast<int>(object::kind::trigger)])  // of a history or rollup that is no more
        if (!names.contains(name) && is_ours(name)) out.steps.push_back("DROP TRIGGER " + identifier(name));
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
