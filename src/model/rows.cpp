#include "model/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "croft/json.hpp"

namespace croft {

namespace {

template <class T>
T read(parsed<T> found) {
    if (!found) throw error(fmt::format("column {}: {}", found.error().column, found.error().message));
    return std::move(*found);
}

value content(const field_info& field, const db::cell_view& cell) {
    switch (field.type) {
        case field_type::boolean:
            return cell.integer() != 0;
        case field_type::integer16:
        case field_type::integer32:
        case field_type::integer64:
        case field_type::reference:
            return cell.integer();
        case field_type::real:
            return cell.real();
        case field_type::text:
        case field_type::enumeration:
            return std::string(cell.text());
        case field_type::timestamp:
            return time_in(cell);
        case field_type::date:
            return date_in(cell);
        case field_type::duration:
            return duration(cell.integer());
        case field_type::decimal:
            return decimal_in(cell, field.scale);
        case field_type::uuid:
            return uuid_in(cell);
        case field_type::json:
            return json_text{std::string(cell.text())};
        case field_type::bytes: {
            const auto bytes_of = cell.bytes();
            return bytes(bytes_of.begin(), bytes_of.end());
        }
    }
    return {};
}

[[noreturn]] void refuse(const model_info& model, const field_info& field, const error& why) {
    throw error(fmt::format("table {}, column {}: {}", model.table, field.column, why.what()));
}

void read_into(const field_info& field, const db::cell_view& cell, void* row) {
    auto* const member = static_cast<char*>(row) + field.offset;
    if (cell.is_null() && !field.nullable)
        field.set(member, value{});  // which says what it wants
    else
        field.read(member, cell);
}

}  // namespace

time_point time_in(const db::cell_view& cell) { return read(parse_time(cell.text())); }
date date_in(const db::cell_view& cell) { return read(parse_date(cell.text())); }
uuid uuid_in(const db::cell_view& cell) { return read(parse_uuid(cell.text())); }
decimal_value decimal_in(const db::cell_view& cell, int scale) {  // SQLite: the units; PostgreSQL: the number's text
    if (cell.type() == db::cell_type::integer) return {cell.integer(), scale};
    return read(parse_decimal(cell.text(), scale));
}

void read_row(const model_info& model, const db::row_set& found, std::size_t row, void* into) {
    std::size_t i = 0;
    try {
        for (; i < model.fields.size(); ++i) read_into(model.fields[i], found.at(row, i), into);
    } catch (const error& e) {
        refuse(model, model.fields[i], e);
    }
}

void read_member(const model_info& model, const field_info& field, const db::cell_view& cell, void* row) {
    try {
        read_into(field, cell, row);
    } catch (const error& e) {
        refuse(model, field, e);
    }
}

value cell_value(const model_info& model, const field_info& field, const db::cell_view& cell) {
    if (cell.is_null()) return {};
    try {
        return content(field.stored_as(), cell);
    } catch (const error& e) {
        refuse(model, field, e);
    }
}

json to_json(const value& v) {
    return std::visit(
        []<class T>(const T& held) -> json {
            if constexpr (std::is_same_v<T, std::monostate>)
                return nullptr;
            else if constexpr (std::is_same_v<T, json_text>)
                return json::parse(held.text);
            else if constexpr (std::is_constructible_v<json, const T&>)
                return held;
            else
                return to_text(value(held));
        },
        v);
}

namespace {

void require_storable(const json& v, std::size_t levels) {
    const auto require_text = [](std::string_view text) {
        if (text.contains('\0')) throw error("JSON with a zero byte in a text can't be stored: PostgreSQL takes none");
    };
    if (v.is_string()) require_text(v.text());
    if (!v.is_array() && !v.is_object()) return;
    if (levels == 0)
        throw error(
            fmt::format("JSON of more than {} levels can't be stored: it couldn't be read again", json_limits{}.depth));
    if (v.is_array()) {
        for (const auto& element : v.array()) require_storable(element, levels - 1);
        return;
    }
    for (const auto& [key, member] : v.object()) {
        require_text(key);
        require_storable(member, levels - 1);
    }
}

}  // namespace

json_text stored_text(const json& v) {
    require_storable(v, json_limits{}.depth);
    return {v.dump()};
}

value cell_value(const expression& of, const db::cell_view& cell) {
    if (const auto* like = of.like()) return cell_value(like->owner(), like->field(), cell);
    if (cell.is_null()) return {};
    if (of.type() != field_type::real) return cell.integer();
    const double number = cell.real();
    if (!std::isfinite(number)) throw error("out of the range of a double");  // SQLite's sum(); PostgreSQL refuses it
    return number;
}

void add_defaults(const model_info& model, std::vector<std::size_t>& fields, std::vector<value>& row, time_point now) {
    for (std::size_t i = 0; i < model.fields.size(); ++i) {
        if (model.fields[i].role == field_role::plain || std::ranges::find(fields, i) != fields.end()) continue;
        fields.push_back(i);
        row.push_back(now);
    }
}

}  // namespace croft
