// Columns on PostgreSQL, which can change all of them in place.
#include <fmt/format.h>

#include <algorithm>

#include "migrate/conversion.hpp"
#include "migrate/definition.hpp"
#include "migrate/steps.hpp"
#include "model/sql.hpp"

namespace croft::migrations::detail {

using model_schema::column;
using model_sql::identifier;

namespace {

std::string text_literal(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
    return out + "'";
}

class altering {
public:
    altering(const transition& change) : change_(change), table_(identifier(change.to.table.name)) {}

    void run() {
        if (change_.from.table.name != change_.to.table.name) return rename_constraints();
        if (!change_.renamed_from.empty()) rename();
        for (auto& have : change_.from.table.columns)
            if (have.name != change_.renamed_from && !find(change_.to, have.name))
                alter(fmt::format("DROP COLUMN {}", identifier(have.name)));
        drop_constraints();
        for (auto& want : change_.to.table.columns) {
            if (want.name == change_.renamed_to) continue;
            const auto* have = find(change_.from, want.name);
            if (!have)
                add(want);
            else
                change(*have, want);
        }
        add_constraints();
    }

private:
    static const column* find(const relation& in, std::string_view name) {
        const auto at = std::ranges::find(in.table.columns, name, &column::name);
        return at == in.table.columns.end() ? nullptr : &*at;
    }

    void alter(const std::string& what) { change_.add(fmt::format("ALTER TABLE {} {}", table_, what)); }

    void rename() {
        if (find(change_.from, change_.renamed_from))
            alter(fmt::format("RENAME COLUMN {} TO {}", identifier(change_.renamed_from),
                              identifier(change_.renamed_to)));
    }

    void add(const column& want) {
        const auto fill = change_.fills.find(want.name);
        const auto parts = read_definition(want.definition);
        if (fill == change_.fills.end() || fill->second == parts.initial) return alter("ADD COLUMN " + want.definition);
        // With a default of another value first: all rows have it at once, without being written.
        auto first = want.definition;
        if (const auto at = first.find(" DEFAULT " + parts.initial); !parts.initial.empty() && at != first.npos)
            first.erase(at, 9 + parts.initial.size());
        first.insert(first.find(parts.type, identifier(want.name).size()) + parts.type.size(),
                     " DEFAULT " + fill->second);
        alter("ADD COLUMN " + first);
        column_is(want, parts.initial.empty() ? "DROP DEFAULT" : "SET DEFAULT " + parts.initial);
    }

    void column_is(const column& which, const std::string& what) {
        alter(fmt::format("ALTER COLUMN {} {}", identifier(which.name), what));
    }

    void change(const column& have, const column& want) {
        const auto from = read_definition(have.definition), to = read_definition(want.definition);
        const bool unlimited = want.name == change_.unlimited && from.type.starts_with("text");
        if (from == to && !unlimited) return;
        if (from.references != to.references && !from.references.empty()) drop_reference(want.name);
        if (from.check != to.check && !from.check.empty()) alter("DROP CONSTRAINT " + from.check_name);
        const bool retyped = from.type != to.type || unlimited;
        if (!from.initial.empty() && (retyped || to.initial.empty())) column_is(want, "DROP DEFAULT");
        if (retyped) column_is(want, fmt::format("TYPE {} USING {}", to.type, source_of(want)));
        if (!from.not_null && to.not_null) require(want);
        if (from.not_null && !to.not_null) column_is(want, "DROP NOT NULL");
        if (!to.initial.empty() && (retyped || from.initial != to.initial))
            column_is(want, "SET DEFAULT " + to.initial);
        if (from.check != to.check && !to.check.empty())
            alter(fmt::format("ADD CONSTRAINT {} CHECK {}", to.check_name, to.check));
        if (from.references != to.references && !to.references.empty())
            alter(fmt::format("ADD FOREIGN KEY ({}) {}", identifier(want.name), to.references));
    }

    void require(const column& want) {
        const auto name = identifier(want.name);
        if (const auto fill = change_.fills.find(want.name); fill != change_.fills.end())
            change_.add(fmt::format("UPDATE {} SET {} = {} WHERE {} IS NULL", table_, name, fill->second, name));
        column_is(want, "SET NOT NULL");
    }

    std::string source_of(const column& want) const {
        const auto name = identifier(want.name);
        if (!change_.altered_to || change_.altered_to->name != want.name) return name;
        return converted(name, *change_.altered_from, *change_.altered_to, db::engine::postgres);
    }

    /// Its name follows from the names that table and column had when it was made.
    void drop_reference(const std::string& column) {
        const auto table = text_literal(table_);
        change_.add(fmt::format(
            "DO $$ DECLARE key name; BEGIN\n"
            "  FOR key IN SELECT conname FROM pg_constraint WHERE conrelid = {0}::regclass AND contype = 'f' AND "
            "conkey =\n"
            "    ARRAY[(SELECT attnum FROM pg_attribute WHERE attrelid = {0}::regclass AND attname = {1})] LOOP\n"
            "    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', {0}::regclass, key);\n"
            "  END LOOP;\nEND $$",
            table, text_literal(column)));
    }

    /// Table constraints: lines of CREATE TABLE that are no column.
    static std::vector<std::string> constraints(const relation& of) {
        std::vector<std::string> lines;
        const auto& sql = of.table.sql;
        const auto& last = of.table.columns.back().definition;
        std::size_t at = sql.rfind(last) + last.size();
        for (at = sql.find("CONSTRAINT ", at); at != sql.npos; at = sql.find("CONSTRAINT ", at + 1)) {
            auto end = sql.find(",\n  CONSTRAINT ", at);
            if (end == sql.npos) end = sql.rfind("\n)");
            lines.push_back(sql.substr(at, end - at));
        }
        return lines;
    }
    static std::string name_of(const std::string& constraint) {
        return constraint.substr(11, constraint.find(" CHECK") - 11);
    }
    static bool contains(const std::vector<std::string>& list, const std::string& one) {
        return std::ranges::find(list, one) != list.end();
    }

    void drop_constraints() {
        const auto wanted = constraints(change_.to);
        for (auto& one : constraints(change_.from))
            if (!contains(wanted, one)) alter("DROP CONSTRAINT " + name_of(one));
    }

    void rename_constraints() {
        const auto from = constraints(change_.from), to = constraints(change_.to);
        for (std::size_t i = 0; i < from.size() && i < to.size(); ++i)
            alter(fmt::format("RENAME CONSTRAINT {} TO {}", name_of(from[i]), name_of(to[i])));
        for (auto& have : change_.from.table.columns)
            if (const auto* want = find(change_.to, have.name)) {
                const auto a = read_definition(have.definition), b = read_definition(want->definition);
                if (!a.check_name.empty() && a.check_name != b.check_name)
                    alter(fmt::format("RENAME CONSTRAINT {} TO {}", a.check_name, b.check_name));
            }
    }

    void add_constraints() {
        const auto there = constraints(change_.from);
        for (auto& one : constraints(change_.to))
            if (!contains(there, one)) alter("ADD " + one);
    }

    const transition& change_;
    std::string table_;
};

}  // namespace

bool change_columns_postgres(const transition& change) {
    altering(change).run();
    return false;
}

}  // namespace croft::migrations::detail
