#include "croft/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/text.hpp"
#include "croft/json.hpp"
#include "model/rows.hpp"
#include "model/sql.hpp"

namespace croft {

value to_value(const json& v) {
    switch (v.kind()) {
        case json::kind_type::null:
            return {};
        case json::kind_type::boolean:
            return v.boolean();
        case json::kind_type::integer:
            return v.integer();
        case json::kind_type::number:
            return v.number();
        case json::kind_type::string:
            return v.text();
        default:
            return stored_text(v);
    }
}

namespace detail {

namespace {

std::vector<std::size_t> all_fields(const model_info& model) {
    std::vector<std::size_t> all(model.fields.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
}

void require_fitting(const model_info& model, const field_info& field, const expression& e) {
    const bool integer = field.type == field_type::integer16 || field.type == field_type::integer32 ||
                         field.type == field_type::integer64;
    const bool number = integer || field.type == field_type::real;
    const bool fits = number ? e.is_number() && !(integer && e.type() == field_type::real)
                             : e.type() == field.type && e.stored_type() == field.stored_as().type;
    if (!fits)
        throw error(
            fmt::format("{}.{} can't be set to {}: it is of another type", model.name, field.name, e.describe()));
    const int from = e.like() ? e.like()->field().stored_as().scale : 0, to = field.stored_as().scale;
    if (from != to)  // SQLite holds their units, PostgreSQL would round
        throw error(fmt::format("{}.{} can't be set to {}: it has {} digits after the point, not {}", model.name,
                                field.name, e.describe(), from, to));
}

}  // namespace

task<db::row_set> ask(row_lock lock, db::statement made) {
    auto& base = db::current();
    if (lock == row_lock::none) return base.read(std::move(made));
    if (!base.in_transaction()) throw error("for_update() belongs in a transaction: the rows are locked until it ends");
    return base.write(std::move(made));  // a lock writes, as PostgreSQL sees it
}

selection by_key(const model_info& model, std::vector<value> key) {
    if (key.size() != model.keys.size())
        throw error(fmt::format("the primary key of {} has {} parts, but {} were given", model.name, model.keys.size(),
                                key.size()));
    selection what;
    what.model = &model;
    for (std::size_t i = 0; i < key.size(); ++i)
        what.where =
            std::move(what.where) && compare(path{&model, {model.keys[i]}}, comparison::equal, std::move(key[i]));
    return what;
}

selection by_key_of(const model_info& model, const void* row) {
    std::vector<value> key;
    for (auto i : model.keys)
        key.push_back(model.fields[i].get(static_cast<const char*>(row) + model.fields[i].offset));
    return by_key(model, std::move(key));
}

void not_exactly_one(const model_info& model, bool several) {
    throw not_found(several ? fmt::format("more than one {} matches where one was asked for", model.name)
                            : fmt::format("no {} matches", model.name));
}

namespace {

task<db::row_set> ask_for_rows(const selection& what) {
    return ask(what.lock, model_sql::select(what, all_fields(*what.model), db::current().kind()));
}

}  // namespace

task<> list_into(selection what, void* rows, emplace_row emplace) {
    const auto found = co_await ask_for_rows(what);
    for (std::size_t row = 0; row < found.size(); ++row)
        read_row(*what.model, found, row, emplace(rows, found.size() - row));
}

task<bool> first_into(selection what, void* row) {
    what.at_most(1);
    const auto found = co_await ask_for_rows(what);
    if (found.empty()) co_return false;
    read_row(*what.model, found, 0, row);
    co_return true;
}

task<> one_into(selection what, void* row) {
    what.at_most(2);
    const auto found = co_await ask_for_rows(what);
    if (found.size() != 1) not_exactly_one(*what.model, !found.empty());
    read_row(*what.model, found, 0, row);
}

task<std::int64_t> count_rows(selection what) {
    auto& base = db::current();
    const auto found = co_await base.read(model_sql::count(what, base.kind()));
    co_return found.at(0, 0).integer();
}

task<bool> exists(selection what) {
    what.at_most(1);
    const std::size_t id[] = {what.model->id};
    co_return !(co_await ask(what.lock, model_sql::select(what, id, db::current().kind()))).empty();
}

task<std::int64_t> remove_rows(selection what) {
    auto& base = db::current();
    co_return (co_await base.write(model_sql::remove(what, base.kind()))).changes;
}

task<std::int64_t> update_rows(selection what, std::vector<assignment> changes) {
    auto& base = db::current();
    for (auto& change : changes) {
        if (change.model != what.model)
            throw error("update() of " + what.model->name + " sets a field of " + change.model->name);
        const auto& field = what.model->fields[change.field];
        if (&*std::ranges::find(changes, change.field, &assignment::field) != &change)
            throw error(fmt::format("update() of {} sets {} twice", what.model->name, field.name));
        if (change.computed) {
            require_fitting(*what.model, field, *change.computed);
        } else {
            change.to = fit(*what.model, field, std::move(change.to));
            require_storable(*what.model, field, change.to);
        }
    }
    if (changes.empty()) co_return 0;
    co_return (co_await base.write(model_sql::update(what, changes, now(), base.kind()))).changes;
}

}  // namespace detail

}  // namespace croft
