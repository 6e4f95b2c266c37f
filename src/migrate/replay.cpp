#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.hpp"
#include "migrate/schema.hpp"

namespace croft::migrations {
namespace {

column& column_at(table& in, std::string_view name) {
    if (auto* found = in.find(name)) return *found;
    std::vector<std::string_view> known;
    for (auto& other : in.columns) known.push_back(other.name);
    throw error(fmt::format("table {} has no column \"{}\" at this point{}", in.name, name, did_you_mean(name, known)));
}

bool mentions(const names& columns, std::string_view name) { return std::ranges::find(columns, name) != columns.end(); }

void rename_in(names& columns, const std::string& from, const std::string& to) {
    std::ranges::replace(columns, from, to);
}

/// For columns that an index or a unique constraint is over, so that it is dropped first, by name.
void require_unused(const table& in, const std::string& column) {
    for (auto& columns : in.uniques)
        if (mentions(columns, column))
            throw error(fmt::format("{}.{} is part of a unique constraint: drop_unique(\"{}\", {{\"{}\"}}) first", in.name,
                                    column, in.name, fmt::join(columns, "\", \"")));
    for (auto& columns : in.indexes)
        if (mentions(columns, column))
            throw error(fmt::format("{}.{} is indexed: drop_index(\"{}\", {{\"{}\"}}) first", in.name, column, in.name,
                                    fmt::join(columns, "\", \"")));
}

void require_reference_target(const schema& in, const table& from, const column& made) {
    if (made.type == field_type::reference && made.target != from.name && !in.find(made.target))
        throw error(fmt::format("{}.{} refers to the table \"{}\", which isn't there at this point", from.name, made.name,
                                made.target));
}

void add_list(table& in, std::vector<names>& to, const names& columns, std::string_view what) {
    for (auto& name : columns) column_at(in, name);
    if (std::ranges::find(to, columns) != to.end())
        throw error(fmt::format("table {} has this {} already: {}", in.name, what, fmt::join(columns, ", ")));
    to.push_back(columns);
}

void drop_list(table& in, std::vector<names>& from, const names& columns, std::string_view what) {
    const auto at = std::ranges::find(from, columns);
    if (at == from.end())
        throw error(fmt::format("table {} has no such {}: {}", in.name, what, fmt::join(columns, ", ")));
    from.erase(at);
}

struct player {
    schema& to;

    void operator()(const create_table& step) const {
        if (to.find(step.table)) throw error(fmt::format("there is a table {} already", step.table));
        table made{.name = step.table, .columns = step.columns};
        if (std::ranges::none_of(made.columns, &column::is_key))
            throw error(fmt::format("table {} needs a primary key: id()", step.table));
        for (auto& one : made.columns) require_reference_target(to, made, one);
        to.add(std::move(made));
    }
    void operator()(const drop_table& step) const {
        to.at(step.table);
        for (auto& [name, other] : to.tables())
            for (auto& one : other.columns)
                if (one.target == step.table && name != step.table)
                    throw error(fmt::format("{}.{} refers to the table {}: drop that column first", name, one.name,
                                            step.table));
        to.tables().erase(step.table);
    }
    void operator()(const rename_table& step) const {
        table moved = to.at(step.table);
        if (to.find(step.to)) throw error(fmt::format("there is a table {} already", step.to));
        to.tables().erase(step.table);
        moved.name = step.to;
        to.add(std::move(moved));
        for (auto& [name, other] : to.tables())
            for (auto& one : other.columns)
                if (one.target == step.table) one.target = step.to;
    }
    void operator()(const add_column& step) const {
        auto& in = to.at(step.table);
        if (in.find(step.column.name))
            throw error(fmt::format("table {} has a column {} already", step.table, step.column.name));
        require_reference_target(to, in, step.column);
        in.columns.push_back(step.column);
        std::erase_if(in.past, [&](const column& old) { return old.name == step.column.name; });
    }
    void operator()(const drop_column& step) const {
        auto& in = to.at(step.table);
        column gone = column_at(in, step.column);
        if (gone.is_key) throw error(fmt::format("{}.{} is the primary key: it can't be dropped", in.name, gone.name));
        require_unused(in, step.column);
        std::erase_if(in.columns, [&](const column& one) { return one.name == step.column; });
        if (in.history) std::erase(*in.history, step.column);
        if (in.has_versions()) in.past.push_back(std::move(gone));
    }
    void operator()(const rename_column& step) const {
        auto& in = to.at(step.table);
        auto& renamed = column_at(in, step.column);
        if (in.find(step.to)) throw error(fmt::format("table {} has a column {} already", step.table, step.to));
        if (std::ranges::find(in.past, step.to, &column::name) != in.past.end())
            throw error(fmt::format("the history of {} has versions of an earlier column {}: choose another name",
                                    step.table, step.to));
        renamed.name = step.to;
        for (auto& columns : in.uniques) rename_in(columns, step.column, step.to);
        for (auto& columns : in.indexes) rename_in(columns, step.column, step.to);
        if (in.history) rename_in(*in.history, step.column, step.to);
    }
    void operator()(const alter_column& step) const {
        auto& in = to.at(step.table);
        auto& altered = column_at(in, step.column.name);
        if (altered.is_key || step.column.is_key)
            throw error(fmt::format("{}.{} is the primary key: it can't be altered", in.name, altered.name));
        require_reference_target(to, in, step.column);
        altered = step.column;
        altered.filling.reset();
    }
    void operator()(const add_unique& step) const {
        auto& in = to.at(step.table);
        add_list(in, in.uniques, step.columns, "unique constraint");
    }
    void operator()(const drop_unique& step) const {
        auto& in = to.at(step.table);
        drop_list(in, in.uniques, step.columns, "unique constraint");
    }
    void operator()(const add_index& step) const {
        auto& in = to.at(step.table);
        add_list(in, in.indexes, step.columns, "index");
    }
    void operator()(const drop_index& step) const {
        auto& in = to.at(step.table);
        drop_list(in, in.indexes, step.columns, "index");
    }
    void operator()(const keep_history& step) const {
        auto& in = to.at(step.table);
        for (auto& name : step.except) column_at(in, name);
        in.history = step.except;
        in.history_ended = false;
    }
    void operator()(const end_history& step) const {
        auto& in = to.at(step.table);
        if (!in.history) throw error(fmt::format("table {} has no history at this point", step.table));
        in.history.reset();
        in.history_ended = true;
    }
    void operator()(const drop_history& step) const {
        auto& in = to.at(step.table);
        if (!in.has_versions()) throw error(fmt::format("table {} has no history at this point", step.table));
        in.history.reset();
        in.history_ended = false;
        in.past.clear();
    }
    void operator()(const sql&) const {}
    void operator()(const data&) const {}
};

}  // namespace

void replay(schema& to, const operation& step) { std::visit(player{to}, step); }

}  // namespace croft::migrations
