// Columns on SQLite. It can add and rename a column; anything else is a table made anew
// (sqlite.org/lang_altertable.html, "making other kinds of table schema changes"): create, copy, drop, rename. That
// runs with references unchecked until the commit (transaction_options::check_references_at_commit), so that dropping
// the table cascades into nothing.
#include <fmt/format.h>

#include <algorithm>

#include "migrate/conversion.hpp"
#include "migrate/steps.hpp"
#include "model/sql.hpp"

namespace croft::migrations::detail {

using model_schema::column;
using model_sql::identifier;

namespace {

const column* find(const relation& in, std::string_view name) {
    const auto at = std::ranges::find(in.table.columns, name, &column::name);
    return at == in.table.columns.end() ? nullptr : &*at;
}

/// ALTER TABLE ADD COLUMN takes it, and gives the rows that are there the right value.
bool can_be_added(const column& made) {
    const auto says = [&](std::string_view word) { return made.definition.find(word) != std::string::npos; };
    if (says(" PRIMARY KEY") || says(" UNIQUE")) return false;
    if (says(" REFERENCES ") && says(" DEFAULT ")) return false;
    return made.nullable || says(" DEFAULT ");
}

/// A column's values in its new type.
std::string source_of_altered(const transition& change) {
    return converted(identifier(change.altered_to->name), *change.altered_from, *change.altered_to, db::engine::sqlite);
}

/// What the old table has for the new one's column; empty: nothing, so that it gets its default.
std::string source_of(const transition& change, const column& wanted) {
    const auto fill = change.fills.find(wanted.name);
    const bool fills = fill != change.fills.end() && !wanted.nullable;
    const auto* there = find(change.from, wanted.name);
    if (!there) return fill != change.fills.end() ? fill->second : "";
    auto source = identifier(wanted.name);
    if (change.altered_to && change.altered_to->name == wanted.name) source = source_of_altered(change);
    return there->nullable && fills ? fmt::format("coalesce({}, {})", source, fill->second) : source;
}

/// What a CREATE TABLE says after its columns: checks and the like.
std::string rest_of(const model_schema::object& table) {
    const auto& last = table.columns.back().definition;
    return table.sql.substr(table.sql.rfind(last) + last.size());
}

void make_anew(const transition& change) {
    const auto& name = change.to.table.name;
    const auto temporary = temporary_name(name);
    std::string columns, sources;
    for (auto& wanted : change.to.table.columns) {
        const auto source = source_of(change, wanted);
        if (source.empty()) continue;
        columns += (columns.empty() ? "" : ", ") + identifier(wanted.name);
        sources += (sources.empty() ? "" : ", ") + source;
    }
    std::string create = change.to.table.sql;
    create.replace(create.find(identifier(name)), identifier(name).size(), identifier(temporary));
    change.out.push_back({step::kind::keep_others, name});
    change.add(create);
    change.add(fmt::format("INSERT INTO {} ({}) SELECT {} FROM {}", identifier(temporary), columns, sources,
                           identifier(name)));
    names known;
    for (auto& one : change.from.table.columns) known.push_back(one.name);
    change.out.push_back({step::kind::carry_others, name, nullptr, std::move(known)});
    if (create.find(" AUTOINCREMENT") != std::string::npos) {  // a key that was given out is never given out again
        change.add(fmt::format("DELETE FROM sqlite_sequence WHERE name = {}",
                               model_schema::literal(value(temporary), db::engine::sqlite)));
        change.add(
            fmt::format("INSERT INTO sqlite_sequence (name, seq) SELECT {}, seq FROM sqlite_sequence WHERE name = {}",
                        model_schema::literal(value(temporary), db::engine::sqlite),
                        model_schema::literal(value(name), db::engine::sqlite)));
    }
    // Views and others' triggers may name the table: they are left alone, and find the new one under its name.
    change.add("PRAGMA legacy_alter_table=ON");
    change.add("DROP TABLE " + identifier(name));
    change.add(fmt::format("ALTER TABLE {} RENAME TO {}", identifier(temporary), identifier(name)));
    change.add("PRAGMA legacy_alter_table=OFF");
}

/// Columns of one definition may hold other values: an INTEGER is a number of cents, or of tenths of them.
bool means_something_else(const transition& change) {
    return change.altered_to && source_of_altered(change) != identifier(change.altered_to->name);
}

}  // namespace

std::string temporary_name(const std::string& table) { return "croft_new_" + table; }

bool change_columns_sqlite(const transition& change) {
    const auto& name = change.to.table.name;
    if (change.from.table.name != name) return false;  // it was renamed, and nothing else
    const auto* renamed = find(change.from, change.renamed_from);
    if (renamed) {
        change.add(fmt::format("ALTER TABLE {} RENAME COLUMN {} TO {}", identifier(name), identifier(renamed->name),
                               identifier(change.renamed_to)));
        return false;
    }
    std::vector<const column*> added;
    bool anew = rest_of(change.from.table) != rest_of(change.to.table) ||
                change.from.table.columns.size() > change.to.table.columns.size() || means_something_else(change) ||
                !change.unlimited.empty();
    for (auto& wanted : change.to.table.columns) {
        const auto* there = find(change.from, wanted.name);
        if (there && there->definition != wanted.definition) anew = true;
        if (there) continue;
        added.push_back(&wanted);
        if (!can_be_added(wanted)) anew = true;
    }
    if (anew) {
        make_anew(change);
        return true;
    }
    for (const auto* one : added) {
        change.add(fmt::format("ALTER TABLE {} ADD COLUMN {}", identifier(name), one->definition));
        if (const auto fill = change.fills.find(one->name);
            fill != change.fills.end() && one->definition.find(" DEFAULT " + fill->second) == std::string::npos)
            change.add(fmt::format("UPDATE {} SET {} = {}", identifier(name), identifier(one->name), fill->second));
    }
    return false;
}

}  // namespace croft::migrations::detail
