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
            return json_text{v.dump()};
    }
}

namespace detail {

namespace {

std::vector<std::size_t> all_fields(const model_info& model) {
    std::vector<std::size_t> all(model.fields.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
}

}  // namespace

void not_exactly_one(const model_info& model, bool several) {
    throw not_found(several ? fmt::format("more than one {} matches where one was asked for", model.name)
                            : fmt::format("no {} matches", model.name));
}

task<> list_into(selection what, void* rows, emplace_row emplace) {
    auto& base = db::current();
    const auto fields = all_fields(*what.model);
    const auto found = co_await base.read(model_sql::select(what, fields, base.kind()));
    for (std::size_t row = 0; row < found.size(); ++row) {
        void* into = emplace(rows);
        for (auto i : fields) {
            const auto& field = what.model->fields[i];
            field.set(static_cast<char*>(into) + field.offset, cell_value(*what.model, field, found.at(row, i)));
        }
    }
}

task<std::int64_t> count_rows(selection what) {
    auto& base = db::current();
    const auto found = co_await base.read(model_sql::count(what, base.kind()));
    co_return found.at(0, 0).integer();
}

task<bool> exists(selection what) {
    auto& base = db::current();
    what.limit = 1;
    const std::size_t id[] = {what.model->id};
    co_return !(co_await base.read(model_sql::select(what, id, base.kind()))).empty();
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
        change.to = fit(*what.model, what.model->fields[change.field], std::move(change.to));
    }
    if (changes.empty()) co_return 0;
    co_return (co_await base.write(model_sql::update(what, changes, now(), base.kind()))).changes;
}

task<> save_row(const model_info* model, void* row) {
    auto& base = db::current();
    const auto member = [&](const field_info& field) { return static_cast<char*>(row) + field.offset; };
    const auto& id = model->fields[model->id];
    const bool fresh = std::get<std::int64_t>(id.get(member(id))) == 0;
    std::vector<std::size_t> fields;
    std::vector<value> params;
    const auto at = now();
    for (std::size_t i = 0; i < model->fields.size(); ++i) {
        const auto& field = model->fields[i];
        if (i == model->id && fresh) continue;
        fields.push_back(i);
        params.push_back(field.role == field_role::plain ? field.get(member(field)) : value(at));
    }
    std::vector<std::size_t> key;
    if (!fresh) key.push_back(model->id);
    const auto written =
        co_await base.write({model_sql::upsert(*model, fields, key, true, base.kind()), std::move(params)});
    if (written.empty()) co_return;  // nothing differed
    id.set(member(id), written.at(0, 0).integer());
    for (const auto& field : model->fields)
        if (field.role == field_role::modified_at || (fresh && field.role == field_role::created_at))
            field.set(member(field), at);
}

task<> upsert_row(const model_info* model, std::vector<assignment> keys, std::vector<assignment> changes) {
    auto& base = db::current();
    std::vector<std::size_t> key, fields;
    std::vector<value> params;
    const auto add = [&](assignment& one) {
        if (one.model != model)
            throw error("update_or_create of " + model->name + " names a field of " + one.model->name);
        if (std::ranges::find(fields, one.field) != fields.end())
            throw error(
                fmt::format("update_or_create of {} names {} twice", model->name, model->fields[one.field].name));
        fields.push_back(one.field);
        params.push_back(fit(*model, model->fields[one.field], std::move(one.to)));
    };
    for (auto& one : keys) {
        add(one);
        key.push_back(one.field);
    }
    const auto same = [&](const std::vector<std::size_t>& unique) { return std::ranges::is_permutation(unique, key); };
    if (!same({model->id}) && std::ranges::none_of(model->uniques, same))
        throw error("update_or_create of " + model->name +
                    ": the key is neither its id nor one of its unique constraints");
    for (auto& one : changes) add(one);
    add_defaults(*model, fields, params, now());
    co_await base.write({model_sql::upsert(*model, fields, key, false, base.kind()), std::move(params)});
}

}  // namespace detail

}  // namespace croft
