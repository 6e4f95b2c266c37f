// Columns on SQLite. It can add and rename a column; anything else is a table made anew
// (sqlite.org/lang_altertable.html, "making other kinds of table schema changes"): create, copy, drop, rename. That
// runs with references unchecked until the commit (transaction_options::check_references_at_commit), so that dropping
// the table cascades into nothing.
#include <fmt/format.h>

#include <algorithm>

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

std::int64_t power_of_ten(int n) {
    std::int64_t power = 1;
    while (n-- > 0) power *= 10;
    return power;
}

bool is_integer(field_type type) { return type >= field_type::integer16 && type <= field_type::integer64; }

/// A value of one type as SQLite keeps it, as one of another. Columns are STRICT, so what doesn't fit is refused; where
/// something would be cut off, a text stands instead, so that it is refused too.
std::string converted(const std::string& name, const migrations::column& from, const migrations::column& to) {
    using enum field_type;
    const auto divided = [&](std::int64_t by) {
        return fmt::format("CASE WHEN {0} % {1} = 0 THEN {0} / {1} ELSE 'has more digits' END", name, by);
    };
    if (from.type == decimal && to.type == decimal) {
        if (from.scale == to.scale) return name;
        return to.scale > from.scale ? fmt::format("{} * {}", name, power_of_ten(to.scale - from.scale))
                                     : divided(power_of_ten(from.scale - to.scale));
    }
    if (from.type == decimal && is_integer(to.type)) return divided(power_of_ten(from.scale));
    if (from.type == decimal && to.type == real) return fmt::format("{} / {}.0", name, power_of_ten(from.scale));
    if (from.type == decimal && to.type == text)
        return fmt::format("printf('%.{}f', {} / {}.0)", from.scale, name, power_of_ten(from.scale));
    if (is_integer(from.type) && to.type == decimal) return fmt::format("{} * {}", name, power_of_ten(to.scale));
    if (from.type == real && to.type == decimal)
        return fmt::format("CAST(round({} * {}) AS INTEGER)", name, power_of_ten(to.scale));
    if (from.type == date && to.type == timestamp) return name + " || 'T00:00:00.000000Z'";
    if (from.type == timestamp && to.type == date) return fmt::format("substr({}, 1, 10)", name);
    return name;
}

/// What the old table has for the new one's column; empty: nothing, so that it gets its default.
std::string source_of(const transition& change, const column& wanted) {
    const auto fill = change.fills.find(wanted.name);
    const bool fills = fill != change.fills.end() && !wanted.nullable;
    const auto* there = find(change.from, wanted.name);
    if (!there) return fill != change.fills.end() ? fill->second : "";
    auto source = identifier(wanted.name);
    if (change.altered_to && change.altered_to->name == wanted.name && change.altered_from)
        source = converted(source, *change.altered_from, *change.altered_to);
    return there->nullable && fills ? fmt::format("coalesce({}, {})", source, fill->second) : source;
}

/// What a CREATE TABLE says after its columns: checks and the like.
std::string rest_of(const model_schema::object& table) {
    const auto& last = table.columns.back().definition;
    return table.sql.substr(table.sql.rfind(last) + last.size());
}

void make_anew(const transition& change) {
    const auto& name = change.to.table.name;
    const std::string temporary = "croft_new_" + name;
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

}  // namespace

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
                change.from.table.columns.size() > change.to.table.columns.size();
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
