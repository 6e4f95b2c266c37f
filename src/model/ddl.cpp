#include "model/ddl.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "model/rollup/rollup.hpp"
#include "model/sql.hpp"

namespace croft::model_schema {

using model_sql::identifier;

namespace {

std::string_view rule_sql(on_delete rule) {
    switch (rule) {
        case on_delete::cascade:
            return "CASCADE";
        case on_delete::set_null:
            return "SET NULL";
        case on_delete::restrict:
            return "RESTRICT";
    }
    return "RESTRICT";
}

/// Whether references lead from one model to the other.
bool leads_to(const model_info& from, const model_info& to, std::set<const model_info*>& seen) {
    if (&from == &to) return true;
    if (!seen.insert(&from).second) return false;
    return std::ranges::any_of(
        from.fields, [&](const field_info& field) { return field.target && leads_to(field.target(), to, seen); });
}

/// A reference to another table that depends on this one: neither can be first, neither its table nor its rows.
bool closes_a_cycle(const model_info& model, const field_info& field) {
    std::set<const model_info*> seen;
    return &field.target() != &model && leads_to(field.target(), model, seen);
}

std::string references(const model_info& model, const field_info& field) {
    const auto& target = field.target();
    if (target.keys.size() != 1)
        throw error(fmt::format("{}.{}: {} has a primary key of {} fields, which no reference can hold; give it an id",
                                model.name, field.name, target.name, target.keys.size()));
    return fmt::format("REFERENCES {} ({}) ON DELETE {}{}", identifier(target.table),
                       identifier(target.fields[target.id].column), rule_sql(field.rule),
                       closes_a_cycle(model, field) ? " DEFERRABLE INITIALLY DEFERRED" : "");
}

object foreign_key(const model_info& model, const field_info& field) {
    const auto name = object_name({model.table, field.column, "fkey"});
    return {object::kind::constraint, name, model.table,
            fmt::format("ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) {}", identifier(model.table),
                        identifier(name), identifier(field.column), references(model, field))};
}

bool has_foreign_key(const field_info& field) { return field.type == field_type::reference && field.target; }

object table_of(const model_info& model, db::engine engine) {
    object table{object::kind::table, model.table, model.table, {}};
    std::vector<std::string> lines;
    for (const auto& field : model.fields) {
        auto made = column_of(model, field, engine);
        if (has_foreign_key(field) && (engine == db::engine::sqlite || !closes_a_cycle(model, field)))
            made.definition += " " + references(model, field);
        lines.push_back(made.definition);
        table.columns.push_back(std::move(made));
    }
    if (model.keys.size() > 1) {
        std::string columns;
        for (auto i : model.keys) columns += (columns.empty() ? "" : ", ") + identifier(model.fields[i].column);
        lines.push_back(fmt::format("PRIMARY KEY ({})", columns));
    }
    for (const auto& check : model.checks)
        lines.push_back(
            fmt::format("CONSTRAINT {} CHECK ({})", identifier(object_name({model.table, check.name})), check.sql));
    table.sql = fmt::format("CREATE TABLE {} (", identifier(model.table));
    for (std::size_t i = 0; i < lines.size(); ++i) table.sql += (i ? ",\n  " : "\n  ") + lines[i];
    table.sql += engine == db::engine::sqlite ? "\n) STRICT" : "\n)";
    return table;
}

std::string index_part(const field_info& field, bool descending, db::engine engine) {
    auto sql = identifier(field.column);
    if (descending) sql += " DESC";
    if (engine == db::engine::postgres && field.nullable)  // nulls are least, as queries order them on every engine
        sql += descending ? " NULLS LAST" : " NULLS FIRST";
    return sql;
}

object index_of(const model_info& model, const index_info& index, db::engine engine,
                const std::set<std::string>& taken) {
    std::string columns;
    std::vector<std::string_view> name{model.table};
    for (const auto& part : index.parts) {
        const auto& field = model.fields[part.field];
        // A unique index decides equality only: it needs no order of nulls.
        const bool plain = index.unique && index.where.empty();
        columns += (columns.empty() ? "" : ", ") +
                   (plain ? identifier(field.column) : index_part(field, part.descending, engine));
        name.push_back(field.column);
    }
    name.push_back(index.unique ? "unique" : "index");
    auto full = object_name(name);
    for (int n = 2; taken.contains(full); ++n) {
        auto numbered = name;
        const auto number = std::to_string(n);
        numbered.push_back(number);
        full = object_name(numbered);
    }
    return {object::kind::index, full, model.table,
            fmt::format("CREATE {}INDEX {} ON {} ({}){}{}", index.unique ? "UNIQUE " : "", identifier(full),
                        identifier(model.table), columns, index.where.empty() ? "" : " WHERE ", index.where)};
}

index_info index_on(const std::vector<std::size_t>& fields, bool unique) {
    index_info index;
    for (auto i : fields) index.parts.push_back({i});
    index.unique = unique;
    return index;
}

/// Unique constraints, indexes, and one for each reference that none of these begins with.
std::vector<index_info> indexes_of(const model_info& model) {
    std::vector<index_info> all;
    for (const auto& fields : model.uniques) all.push_back(index_on(fields, true));
    all.insert(all.end(), model.indexes.begin(), model.indexes.end());
    std::set<std::size_t> led{model.id};
    for (const auto& index : all)
        if (index.where.empty()) led.insert(index.parts.front().field);
    for (std::size_t i = 0; i < model.fields.size(); ++i)
        if (has_foreign_key(model.fields[i]) && !led.contains(i)) all.push_back(index_on({i}, false));
    return all;
}

void add_in_order(const model_info& model, const std::set<const model_info*>& wanted, std::set<const model_info*>& seen,
                  std::vector<const model_info*>& out) {
    if (!wanted.contains(&model) || !seen.insert(&model).second) return;
    for (const auto& field : model.fields)
        if (has_foreign_key(field)) add_in_order(field.target(), wanted, seen, out);
    out.push_back(&model);
}

}  // namespace

std::string object_name(const std::vector<std::string_view>& parts) {
    std::string name;
    for (auto part : parts) name.append(name.empty() ? "" : "_").append(part);
    constexpr std::size_t longest = 63, kept = longest - 9;
    if (name.size() <= longest) return name;
    std::uint32_t hash = 2'166'136'261;  // FNV-1a
    for (unsigned char c : name) hash = (hash ^ c) * 16'777'619;
    std::size_t end = kept;
    while ((static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;  // not within a character
    return name.substr(0, end) + fmt::format("_{:08x}", hash);
}

std::vector<object> objects_of(const model_info& declared, db::engine engine) {
    const auto& model = rollup::stored(declared);
    std::vector<object> objects{table_of(model, engine)};
    std::set<std::string> names;
    for (const auto& index : indexes_of(model)) {
        objects.push_back(index_of(model, index, engine, names));
        names.insert(objects.back().name);
    }
    if (engine == db::engine::postgres)
        for (const auto& field : model.fields)
            if (has_foreign_key(field) && closes_a_cycle(model, field)) objects.push_back(foreign_key(model, field));
    std::ranges::move(rollup::extras_of(declared, engine), std::back_inserter(objects));
    return objects;
}

std::vector<object> objects_of(std::vector<const model_info*> models, db::engine engine) {
    std::vector<const model_info*> ordered;
    std::set<const model_info*> seen;
    for (auto* model : models) add_in_order(*model, {models.begin(), models.end()}, seen, ordered);
    std::vector<object> objects, triggers, constraints;
    for (auto* model : ordered)
        for (auto& object : objects_of(*model, engine))
            (object.what <= object::kind::index        ? objects
             : object.what == object::kind::constraint ? constraints
                                                       : triggers)
                .push_back(std::move(object));
    for (auto* rest : {&triggers, &constraints}) std::ranges::move(*rest, std::back_inserter(objects));
    return objects;
}

}  // namespace croft::model_schema
