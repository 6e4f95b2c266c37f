#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "migrate/print.hpp"

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

/// For columns of which no SQL may speak under their old name.
void require_unsaid(const table& in, const std::string& column) {
    for (auto& one : in.indexes)
        if (speaks_of(one.where, column))
            throw error(fmt::format("an index's condition speaks of {}.{}: {} first", in.name, column,
                                    to_cpp(drop_index{in.name, one.parts, {one.where, one.unique}})));
    for (auto& one : in.checks)
        if (speaks_of(one.condition, column))
            throw error(fmt::format("a check speaks of {}.{}: {} first", in.name, column,
                                    to_cpp(drop_check{in.name, one.name})));
}

/// For columns that an index or a unique constraint is over, so that it is dropped first, by name.
void require_unused(const table& in, const std::string& column) {
    for (auto& columns : in.uniques)
        if (mentions(columns, column))
            throw error(fmt::format("{}.{} is part of a unique constraint: {} first", in.name, column,
                                    to_cpp(drop_unique{in.name, columns})));
    for (auto& one : in.indexes)
        if (std::ranges::find(one.parts, column, &index_part::column) != one.parts.end())
            throw error(fmt::format("{}.{} is indexed: {} first", in.name, column,
                                    to_cpp(drop_index{in.name, one.parts, {one.where, one.unique}})));
    require_unsaid(in, column);
}

void require_reference_target(const schema& in, const table& from, const column& made) {
    if (made.type == field_type::reference && made.target != from.name && !in.find(made.target))
        throw error(fmt::format("{}.{} refers to the table \"{}\", which isn't there at this point", from.name,
                                made.name, made.target));
}

/// Its default as a value of its type: what a migration says may be another, 5 for 5.00.
void read_default(const schema& in, const table& of, column& made) {
    if (!is_null(made.initial_value)) made.initial_value = value_of(in, of.name, made, made.initial_value);
}

void require_columns(table& in, const names& columns) {
    for (auto& name : columns) column_at(in, name);
}

template <class T>
void add_to(std::vector<T>& list, T made, const operation& step) {
    if (std::ranges::find(list, made) != list.end()) throw error(to_cpp(step) + ": it is there already");
    list.push_back(std::move(made));
}

template <class T>
void take_from(std::vector<T>& list, const T& gone, const operation& step) {
    const auto at = std::ranges::find(list, gone);
    if (at == list.end()) throw error(to_cpp(step) + ": there is none such at this point");
    list.erase(at);
}

index index_of(const std::vector<index_part>& parts, const index_options& options) {
    return {parts, options.where, options.unique};
}

struct player {
    schema& to;

    void operator()(const create_table& step) const {
        if (to.find(step.table)) throw error(fmt::format("there is a table {} already", step.table));
        table made{.name = step.table, .columns = step.columns};
        if (std::ranges::none_of(made.columns, &column::is_key))
            throw error(fmt::format("table {} needs a primary key: id()", step.table));
        for (auto& one : made.columns) {
            require_reference_target(to, made, one);
            read_default(to, made, one);
        }
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
        if (!fits_its_past(to, in, step.column))
            throw error(
                fmt::format("the history of {} has versions of an earlier column {} of another type: choose "
                            "another name, or {} first",
                            step.table, step.column.name, to_cpp(forget_column{step.table, step.column.name})));
        column made = step.column;
        made.filling.reset();
        read_default(to, in, made);
        in.columns.push_back(std::move(made));
        std::erase_if(in.past, [&](const column& old) { return old.name == step.column.name; });
    }
    void operator()(const drop_column& step) const {
        auto& in = to.at(step.table);
        const column gone = column_at(in, step.column);
        if (gone.is_key) throw error(fmt::format("{}.{} is the primary key: it can't be dropped", in.name, gone.name));
        require_unused(in, step.column);
        if (in.has_versions()) in.past.push_back(past_of(to, gone));
        std::erase_if(in.columns, [&](const column& one) { return one.name == step.column; });
        if (in.history) std::erase(*in.history, step.column);
    }
    void operator()(const forget_column& step) const {
        auto& in = to.at(step.table);
        if (std::erase_if(in.past, [&](const column& one) { return one.name == step.column; }) == 0)
            throw error(
                fmt::format("the history of {} has no dropped column \"{}\" at this point", step.table, step.column));
    }
    void operator()(const rename_column& step) const {
        auto& in = to.at(step.table);
        auto& renamed = column_at(in, step.column);
        if (in.find(step.to)) throw error(fmt::format("table {} has a column {} already", step.table, step.to));
        if (std::ranges::find(in.past, step.to, &column::name) != in.past.end())
            throw error(fmt::format("the history of {} has versions of an earlier column {}: choose another name",
                                    step.table, step.to));
        require_unsaid(in, step.column);
        renamed.name = step.to;
        for (auto& columns : in.uniques) rename_in(columns, step.column, step.to);
        for (auto& one : in.indexes)
            for (auto& part : one.parts)
                if (part.column == step.column) part.column = step.to;
        if (in.history) rename_in(*in.history, step.column, step.to);
    }
    void operator()(const alter_column& step) const {
        auto& in = to.at(step.table);
        auto& altered = column_at(in, step.column.name);
        if (!may_become(altered, step.column))
            throw error(fmt::format("{}.{} is (or becomes) part of the primary key: its type can't be altered", in.name,
                                    altered.name));
        require_reference_target(to, in, step.column);
        column made = step.column;
        made.filling.reset();
        read_default(to, in, made);
        altered = std::move(made);
    }
    void operator()(const add_unique& step) const {
        auto& in = to.at(step.table);
        require_columns(in, step.columns);
        add_to(in.uniques, step.columns, step);
    }
    void operator()(const drop_unique& step) const { take_from(to.at(step.table).uniques, step.columns, step); }
    void operator()(const add_index& step) const {
        auto& in = to.at(step.table);
        for (auto& part : step.parts) column_at(in, part.column);
        add_to(in.indexes, index_of(step.parts, step.options), step);
    }
    void operator()(const drop_index& step) const {
        take_from(to.at(step.table).indexes, index_of(step.parts, step.options), step);
    }
    void operator()(const add_check& step) const {
        auto& in = to.at(step.table);
        if (std::ranges::find(in.checks, step.name, &check::name) != in.checks.end())
            throw error(fmt::format("table {} has a check {} already", step.table, step.name));
        in.checks.push_back({step.name, step.condition});
    }
    void operator()(const drop_check& step) const {
        if (std::erase_if(to.at(step.table).checks, [&](const check& one) { return one.name == step.name; }) == 0)
            throw error(fmt::format("table {} has no check {} at this point", step.table, step.name));
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
