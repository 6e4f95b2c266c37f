#include "migrate/schema.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "model/rollup/rollup.hpp"

namespace croft::migrations {

column* table::find(std::string_view column_name) {
    const auto at = std::ranges::find(columns, column_name, &column::name);
    return at == columns.end() ? nullptr : &*at;
}

const column* table::find(std::string_view column_name) const { return const_cast<table*>(this)->find(column_name); }

const table* schema::find(std::string_view name) const {
    const auto at = tables_.find(name);
    return at == tables_.end() ? nullptr : &at->second;
}

table& schema::at(std::string_view name) {
    if (const auto found = tables_.find(name); found != tables_.end()) return found->second;
    std::vector<std::string_view> known;
    for (auto& [other, ignored] : tables_) known.push_back(other);
    throw error(fmt::format("there is no table \"{}\" at this point{}", name, did_you_mean(name, known)));
}

namespace {

names names_of(const model_info& model, const std::vector<std::size_t>& fields) {
    names out;
    for (auto i : fields) out.push_back(model.fields[i].column);
    return out;
}

column column_of(const model_info& model, std::size_t index) {
    const auto& field = model.fields[index];
    column made{.name = field.column, .type = field.type, .role = field.role};
    made.is_key = std::ranges::find(model.keys, index) != model.keys.end();
    made.is_nullable = field.nullable;
    made.max_length = field.max_length;
    made.scale = field.scale;
    made.enumerators = field.enumerators;
    if (field.type == field_type::reference) {
        made.target = field.target().table;
        made.rule = field.rule;
    } else if (!made.is_key) {
        made = made.initial(field.initial);
    }
    return made;
}

field_info field_of(const column& from) {
    field_info made;
    made.name = made.column = from.name;
    made.type = from.type;
    made.role = from.role;
    made.nullable = from.is_nullable;
    made.initial = from.initial_value;
    made.max_length = from.max_length;
    made.scale = from.scale;
    made.enumerators = from.enumerators;
    made.rule = from.rule;
    return made;
}

index index_of(const model_info& model, const index_info& from) {
    index made{{}, from.where, from.unique};
    for (auto& part : from.parts) made.parts.emplace_back(model.fields[part.field].column, part.descending);
    return made;
}

index_info index_of(const model_info& model, const index& from) {
    index_info made{{}, from.unique, from.where};
    for (auto& part : from.parts) made.parts.push_back({model.index_of(part.column), part.descends});
    return made;
}

std::vector<std::size_t> places(const model_info& model, const names& columns) {
    std::vector<std::size_t> found;
    for (auto& name : columns) found.push_back(model.index_of(name));
    return found;
}

}  // namespace

table table_of(const model_info& model) {
    table made{.name = model.table};
    for (std::size_t i = 0; i < model.fields.size(); ++i) made.columns.push_back(column_of(model, i));
    for (auto& fields : model.uniques) made.uniques.push_back(names_of(model, fields));
    for (auto& one : model.indexes) made.indexes.push_back(index_of(model, one));
    for (auto& one : model.checks) made.checks.push_back({one.name, one.sql});
    if (model.has_history) made.history = names_of(model, model.history_except);
    return made;
}

schema schema_of(const std::vector<const model_info*>& models) {
    schema made;
    for (const auto* model : models) {
        made.add(table_of(rollup::stored(*model)));
        for (auto& link : model->links) made.add(table_of(link.through()));
    }
    for (auto& [name, one] : made.tables())
        if (one.history && made.find(name + "_history"))
            throw config_error(fmt::format(
                "{0}_history is a model's table, and where the history of {0} is kept: give one of them another "
                "table(\"…\")",
                name));
    return made;
}

column stored(const schema& in, const column& of) {
    column made = of;
    while (made.type == field_type::reference) {
        const auto* target = in.find(made.target);
        if (!target)
            throw error(
                fmt::format("{} refers to the table \"{}\", which isn't there at this point", of.name, made.target));
        made = *std::ranges::find_if(target->columns, &column::is_key);
    }
    made.name = of.name;
    made.is_key = of.is_key;
    made.is_nullable = of.is_nullable;
    return made;
}

column past_of(const schema& in, const column& gone) {
    column made = stored(in, gone);
    made.role = field_role::plain;
    made.is_key = false;
    made.enumerators.clear();  // versions keep names that the enum has lost
    made.max_length = 0;       // and texts that were allowed then
    made.filling.reset();
    made.is_nullable = true;
    made.initial_value = {};
    return made;
}

bool fits_its_past(const schema& in, const table& of, const column& made) {
    const auto old = std::ranges::find(of.past, made.name, &column::name);
    if (old == of.past.end()) return true;
    const auto as_past = past_of(in, made);
    return old->type == as_past.type && old->scale == as_past.scale;
}

bool may_become(const column& there, const column& wanted) {
    if (!there.is_key && !wanted.is_key) return true;
    return there.is_key && wanted.is_key && there.type == wanted.type && there.scale == wanted.scale &&
           there.target == wanted.target;
}

std::size_t find_column(std::string_view sql, std::string_view column, std::size_t at) {
    const auto in_word = [&](std::size_t i) {
        return i < sql.size() && (std::isalnum(static_cast<unsigned char>(sql[i])) || sql[i] == '_');
    };
    for (at = sql.find(column, at); at != sql.npos; at = sql.find(column, at + 1))
        if (!(at > 0 && in_word(at - 1)) && !in_word(at + column.size())) return at;
    return sql.npos;
}

bool speaks_of(std::string_view sql, std::string_view column) { return find_column(sql, column) != sql.npos; }

void described::add(const schema& in, const table& of) {
    auto& made = models_[of.name];
    if (made) return;
    made = std::make_unique<model_info>();
    auto& model = *made;
    model.name = model.table = of.name;
    for (auto& column : of.columns) {
        if (column.is_key) model.keys.push_back(model.fields.size());
        model.fields.push_back(field_of(column));
    }
    model.id = model.keys.front();
    for (auto& columns : of.uniques) model.uniques.push_back(places(model, columns));
    for (auto& one : of.indexes) model.indexes.push_back(index_of(model, one));
    for (auto& one : of.checks) model.checks.push_back({one.name, one.condition});
    model.has_history = of.has_versions();
    if (of.history) model.history_except = places(model, *of.history);
    for (std::size_t i = 0; i < of.columns.size(); ++i) {
        const auto& column = of.columns[i];
        if (column.type != field_type::reference) continue;
        const auto* target = column.target == name_ ? nullptr : in.find(column.target);
        if (!target && !models_.contains(column.target))
            throw error(fmt::format("{}.{} refers to the table \"{}\", which isn't there at this point", of.name,
                                    column.name, column.target));
        if (target) add(in, *target);
        model.fields[i].target = model_link(*models_.at(column.target));
    }
}

described::described(const schema& in, const table& of) : name_(of.name) { add(in, of); }

}  // namespace croft::migrations
