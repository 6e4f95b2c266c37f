#include "cli/find_row.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <set>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "croft/condition.hpp"
#include "history/history.hpp"
#include "model/sql.hpp"

namespace croft::cli {
namespace {

std::optional<std::int64_t> as_integer(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// The text as a value of the field; nothing when it can't be one.
std::optional<value> as_value_of(const field_info& field, const std::string& text) {
    if (field.type == field_type::text) return value(text);
    if (const auto number = as_integer(text); number && field.type != field_type::boolean) return value(*number);
    return std::nullopt;
}

task<std::set<std::int64_t>> ids_where(const model_info* model, std::string column, value wanted) {
    auto& base = db::current();
    selection what;
    what.model = model;
    what.where = compare({model, {model->index_of(column)}}, comparison::equal, std::move(wanted));
    const std::vector<std::size_t> id{model->index_of("id")};
    const auto rows = co_await base.read(model_sql::select(what, id, base.kind()));
    std::set<std::int64_t> ids;
    for (std::size_t row = 0; row < rows.size(); ++row) ids.insert(rows.at(row, 0).integer());
    co_return ids;
}

/// Among the rows of today, else among those that ever were.
task<std::set<std::int64_t>> ids_with(const model_info* model, std::string column, value wanted) {
    auto ids = co_await ids_where(model, column, wanted);
    if (ids.empty() && model->has_history)
        ids = co_await ids_where(&history::model_of(*model), std::move(column), std::move(wanted));
    co_return ids;
}

}  // namespace

const model_info& find_model(const std::string& name) try { return model_named(name); } catch (const error& e) {
    throw command_error(e.what(), unusable);
}

std::size_t find_field(const model_info& model, const std::string& name) try {
    return model.index_of(name);
} catch (const error& e) {
    throw command_error(e.what(), unusable);
}

task<std::int64_t> find_row(const model_info* model, std::string key) {
    const auto natural = model->natural_key();
    std::set<std::int64_t> ids;
    if (natural.size() == 1 && natural.front() != model->id) {
        const auto& field = model->fields[natural.front()];
        if (auto wanted = as_value_of(field, key)) ids = co_await ids_with(model, field.name, std::move(*wanted));
    }
    if (const auto id = as_integer(key); id && ids.empty()) ids = co_await ids_with(model, "id", *id);
    if (ids.empty()) throw command_error(fmt::format("{} has and had no row {}", model->name, croft::quoted(key)));
    if (ids.size() > 1)
        throw command_error(fmt::format("several rows of {} were {} once; ask by id: {}", model->name,
                                        croft::quoted(key), fmt::join(ids, ", ")));
    co_return *ids.begin();
}

}  // namespace croft::cli
