#include "croft/sql.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "model/members.hpp"
#include "model/placeholders.hpp"
#include "model/rows.hpp"

namespace croft {

std::size_t sql_row::place(std::string_view column) const {
    const auto found = std::ranges::find(*columns_, column);
    if (found != columns_->end()) return static_cast<std::size_t>(found - columns_->begin());
    throw error(fmt::format("the row has no column \"{}\"{}", column,
                            did_you_mean(column, {columns_->begin(), columns_->end()})));
}

namespace {

/// What the database holds isn't what it stands for: units of a decimal, microseconds, a JSON text.
bool stands_for_another(field_type type) {
    return type == field_type::decimal || type == field_type::duration || type == field_type::json;
}

void read_as_cell(const value& from, const detail::storage& how, void* to) {
    db::detail::cell cell;
    std::string_view block;
    if (const auto* number = std::get_if<std::int64_t>(&from)) {
        cell.integer = *number;
        cell.type = db::cell_type::integer;
    } else if (const auto* real = std::get_if<double>(&from)) {
        cell.real = *real;
        cell.type = db::cell_type::real;
    } else if (const auto* text = std::get_if<std::string>(&from)) {
        block = *text;
        cell.offset = 0;
        cell.length = static_cast<std::uint32_t>(block.size());
        cell.type = db::cell_type::text;
    }
    how.read(to, {cell, block.data()});
}

}  // namespace

void sql_row::into(std::string_view column, const detail::storage* how, void* to) const {
    const auto& from = (*this)[column];
    try {
        if (stands_for_another(how->type) && !is_null(from))
            read_as_cell(from, *how, to);
        else
            how->set(to, from);
    } catch (const error& e) {
        throw error(fmt::format("column {}: {}", column, e.what()));
    }
}

namespace detail {

namespace {

[[noreturn]] void refuse(std::string_view why) { throw error(fmt::format("rows of SQL by hand: {}", why)); }

/// For each column, the field that it is read into.
std::vector<std::size_t> places_for(const sql_target& into, const std::vector<std::string>& columns) {
    const auto& fields = into.fields->fields;
    if (into.what == sql_target::kind::single) {
        if (columns.size() == 1) return {0};
        refuse(fmt::format("a single value is asked for, but there are {} columns", columns.size()));
    }
    std::vector<std::size_t> places;
    std::vector<std::string_view> known;
    for (auto& field : fields) known.push_back(field.column);
    for (auto& column : columns) {
        const auto at = std::ranges::find(known, column);
        if (at == known.end())
            refuse(fmt::format("{} has no member for the column \"{}\"{}", into.fields->name, column,
                               did_you_mean(column, known)));
        const auto place = static_cast<std::size_t>(at - known.begin());
        if (std::ranges::find(places, place) != places.end())
            refuse(fmt::format("the column \"{}\" comes twice: name one of them with AS", column));
        places.push_back(place);
    }
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (std::ranges::find(places, i) == places.end())
            refuse(fmt::format("there is no column \"{}\" for that member of {}", known[i], into.fields->name));
    return places;
}

void read_members(const db::row_set& found, const sql_target& into, void* rows, emplace_row emplace) {
    const auto places = places_for(into, found.columns());
    for (std::size_t row = 0; row < found.size(); ++row) {
        auto* to = emplace(rows, found.size() - row);
        for (std::size_t i = 0; i < places.size(); ++i) {
            const auto& field = into.fields->fields[places[i]];
            try {
                read_member(*into.fields, field, found.at(row, i), to);
            } catch (const error& e) {
                refuse(fmt::format("column \"{}\": {}", found.columns()[i], e.what()));
            }
        }
    }
}

void read_dynamic(const db::row_set& found, void* rows, emplace_row emplace) {
    const auto columns = std::make_shared<const std::vector<std::string>>(found.columns());
    for (std::size_t row = 0; row < found.size(); ++row) {
        std::vector<value> values;
        for (std::size_t i = 0; i < found.width(); ++i) values.push_back(found.at(row, i).to_value());
        static_cast<sql_row*>(emplace(rows, found.size() - row))->fill(columns, std::move(values));
    }
}

}  // namespace

model_info describe_struct(std::string_view signature, const row_writer& members) {
    model_info made;
    made.name = "the struct";
    made.table = "(SQL by hand)";
    const auto names = signature.empty() ? std::vector<std::string>{"value"} : member_names(signature);
    for (std::size_t i = 0; i < members.how.size(); ++i) {
        field_info field;
        field.name = field.column = names.at(i);
        field.type = members.how[i]->type;
        field.scale = members.how[i]->scale;
        field.nullable = members.how[i]->nullable;
        field.offset = members.offsets[i];
        field.get = members.how[i]->get;
        field.set = members.how[i]->set;
        field.read = members.how[i]->read;
        field.target = members.how[i]->target;
        made.fields.push_back(std::move(field));
    }
    return made;
}

void not_exactly_one_row(std::size_t rows) {
    throw not_found(fmt::format("SQL by hand gave {} rows where one was asked for", rows));
}

task<> sql_into(sql_text what, sql_access how, void* rows, emplace_row emplace, sql_target into) {
    auto& base = db::current();
    auto statement = model_sql::placed(what, base.kind());
    db::row_set found;
    if (how == sql_access::read)
        found = co_await base.read(std::move(statement));
    else
        found = co_await base.write(std::move(statement));
    if (into.what == sql_target::kind::dynamic)
        read_dynamic(found, rows, emplace);
    else
        read_members(found, into, rows, emplace);
}

task<std::int64_t> sql_run(sql_text what) {
    auto& base = db::current();
    co_return (co_await base.write(model_sql::placed(what, base.kind()))).changes;
}

}  // namespace detail
}  // namespace croft
