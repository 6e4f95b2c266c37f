#include "model/rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "croft/json.hpp"

namespace croft {

value cell_value(const model_info& model, const field_info& field, const db::cell_view& cell) {
    try {
        if (cell.is_null()) return {};
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
                return std::string(cell.text());
            case field_type::timestamp: {
                auto time = parse_time(cell.text());
                if (!time) throw error(time.error().message);
                return *time;
            }
            case field_type::bytes: {
                const auto content = cell.bytes();
                return bytes(content.begin(), content.end());
            }
        }
    } catch (const error& e) {
        throw error(fmt::format("table {}, column {}: {}", model.table, field.name, e.what()));
    }
    return {};
}

json to_json(const value& v) {
    return std::visit(
        []<class T>(const T& held) -> json {
            if constexpr (std::is_same_v<T, std::monostate>)
                return nullptr;
            else if constexpr (std::is_constructible_v<json, const T&>)
                return held;
            else
                return to_text(value(held));
        },
        v);
}

void add_defaults(const model_info& model, std::vector<std::size_t>& fields, std::vector<value>& row, time_point now) {
    for (std::size_t i = 0; i < model.fields.size(); ++i) {
        if (model.fields[i].role == field_role::plain || std::ranges::find(fields, i) != fields.end()) continue;
        fields.push_back(i);
        row.push_back(now);
    }
}

}  // namespace croft
