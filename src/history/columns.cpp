#include "history/columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "model/sql.hpp"

namespace croft::history {

std::string column(const field_info& field) { return model_sql::identifier(field.column); }

std::vector<std::size_t> all_fields(const model_info& model) {
    std::vector<std::size_t> all(model.fields.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
}

std::vector<std::size_t> tracked_fields(const model_info& model) {
    const auto& keys = model.keys;
    std::vector<std::size_t> tracked;
    for (std::size_t i = 0; i < model.fields.size(); ++i)
        if (model.fields[i].role == field_role::plain && std::ranges::find(keys, i) == keys.end() &&
            std::ranges::find(model.history_except, i) == model.history_except.end())
            tracked.push_back(i);
    return tracked;
}

namespace {

std::vector<std::size_t> fields_of(const index_info& index) {
    std::vector<std::size_t> fields;
    for (auto& part : index.parts) fields.push_back(part.field);
    return fields;
}

}  // namespace

std::vector<std::vector<std::size_t>> unique_lists(const model_info& model) {
    auto lists = model.uniques;
    for (auto& index : model.indexes)
        if (index.unique) lists.push_back(fields_of(index));
    return lists;
}

std::vector<std::vector<std::size_t>> indexed_lists(const model_info& model) {
    auto lists = unique_lists(model);
    for (auto& index : model.indexes)
        if (auto fields = fields_of(index); std::ranges::find(lists, fields) == lists.end())
            lists.push_back(std::move(fields));
    for (std::size_t i = 0; i < model.fields.size(); ++i)
        if (model.fields[i].type == field_type::reference &&
            std::ranges::none_of(lists, [&](auto& one) { return one.front() == i; }))
            lists.push_back({i});
    return lists;
}

std::string list(const model_info& model, const std::vector<std::size_t>& fields, std::string_view prefix) {
    std::string out;
    for (auto i : fields) out += fmt::format("{}{}{}", out.empty() ? "" : ", ", prefix, column(model.fields[i]));
    return out;
}

std::string each(const model_info& model, const std::vector<std::size_t>& fields, std::string_view left,
                 std::string_view symbol, std::string_view right, std::string_view between) {
    std::string out;
    for (auto i : fields) {
        const auto name = column(model.fields[i]);
        out += fmt::format("{}{}{} {} {}{}", out.empty() ? "" : between, left, name, symbol, right, name);
    }
    return out;
}

std::string end_of_validity(std::string_view prefix, db::engine engine) {
    if (engine == db::engine::sqlite) return fmt::format("{}history_to", prefix);
    return fmt::format("coalesce({}history_to, 'infinity'::timestamptz)", prefix);
}

const std::vector<context_column>& context_columns() {
    static const std::vector<context_column> all{
        {"history_run", "run", field_type::integer64}, {"history_task", "task", field_type::text},
        {"history_user", "user", field_type::text},    {"history_request", "request", field_type::text},
        {"history_note", "note", field_type::text},    {"history_data", "data", field_type::text},
    };
    return all;
}

}  // namespace croft::history
