#include "model/rollup/parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/sql.hpp"

namespace croft::rollup {

using model_sql::identifier;

trigger_parts::trigger_parts(const rollup_info& rollup)
    : of(rollup),
      table(identifier(rollup.model->table)),
      source(identifier(rollup.source->table)),
      sums(summed_fields(rollup)) {
    for (const auto& one : of.columns) {
        column made{one.what, identifier(of.model->fields[one.field].column), {}};
        if (one.what != rollup_kind::count) {
            const auto& field = of.source->fields[one.source];
            made.source = identifier(field.column);
            made.nullable = field.nullable;
            watch(made.source);
        }
        const auto at = std::ranges::find(sums, one.source, &summed::source);
        if ((one.what == rollup_kind::sum || one.what == rollup_kind::avg) && at != sums.end()) made.sums = &*at;
        (one.what == rollup_kind::key ? keys : values).push_back(std::move(made));
    }
    for (const auto field : fields_of(of.where, *of.source)) watch(identifier(of.source->fields[field].column));
}

void trigger_parts::watch(const std::string& column) {
    if (std::ranges::find(watched, column) == watched.end()) watched.push_back(column);
}

std::string trigger_parts::for_keys(std::string_view pattern, std::string_view separator) const {
    std::string out;
    for (const auto& key : keys)
        out += (out.empty() ? "" : std::string(separator)) + fmt::format(fmt::runtime(pattern), key.own, key.source);
    return out;
}

std::string trigger_parts::average(const column& one, std::string_view sum, std::string_view rest,
                                   std::string_view count) const {
    const auto all = rest.empty() ? fmt::format("({}) * 1.0", sum) : fmt::format("({} + {})", sum, rest);
    const auto avg = fmt::format("{} / nullif({}, 0)", all, count);
    return one.nullable ? avg : fmt::format("coalesce({}, 0.0)", avg);
}

std::string trigger_parts::lost_by_adding(std::string_view sum, std::string_view more) {
    return fmt::format(
        "CASE WHEN abs({0}) >= abs({1}) THEN ({0} - ({0} + {1})) + {1} ELSE ({1} - ({0} + {1})) + {0} END", sum, more);
}

namespace {

/// PostgreSQL: for ON CONFLICT, with which a null is a key like others.
model_schema::object one_row_a_group(const rollup_info& of) {
    const auto name = model_schema::object_name({of.model->table, "rollup_key"});
    std::string columns;
    for (const auto& one : of.columns)
        if (one.what == rollup_kind::key)
            columns += (columns.empty() ? "" : ", ") + identifier(of.model->fields[one.field].column);
    return {model_schema::object::kind::index, name, of.model->table,
            fmt::format("CREATE UNIQUE INDEX {} ON {} ({}) NULLS NOT DISTINCT", identifier(name),
                        identifier(of.model->table), columns)};
}

}  // namespace

std::vector<model_schema::object> objects_of(const rollup_info& of, db::engine engine) {
    std::vector<model_schema::object> made;
    std::vector<std::size_t> keys;
    for (const auto& one : of.columns)
        if (one.what == rollup_kind::key) keys.push_back(one.source);
    for (const auto& one : of.columns) {  // the next lowest, when that goes
        if (one.what != rollup_kind::min && one.what != rollup_kind::max) continue;
        const auto& field = of.source->fields[one.source];
        const auto name = model_schema::object_name({of.model->table, "rollup", field.column});
        if (std::ranges::find(made, name, &model_schema::object::name) != made.end()) continue;
        std::string columns;
        for (auto key : keys) columns += identifier(of.source->fields[key].column) + ", ";
        made.push_back({model_schema::object::kind::index, name, of.source->table,
                        fmt::format("CREATE INDEX {} ON {} ({}{})", identifier(name), identifier(of.source->table),
                                    columns, identifier(field.column))});
    }
    auto triggers = engine == db::engine::sqlite ? sqlite_triggers(of) : postgres_triggers(of);
    std::ranges::move(triggers, std::back_inserter(made));
    return made;
}

std::vector<model_schema::object> extras_of(const model_info& model, db::engine engine) {
    std::vector<model_schema::object> made;
    for (const auto* one : all_rollups()) {
        if (one->model == &model && engine == db::engine::postgres && !model.uniques.empty())
            made.push_back(one_row_a_group(*one));
        if (one->source == &model) std::ranges::move(objects_of(*one, engine), std::back_inserter(made));
    }
    return made;
}

std::vector<std::string> computed_columns(const rollup_info& of) {
    std::vector<std::string> names;
    for (const auto& one : of.columns) names.push_back(of.model->fields[one.field].column);
    names.emplace_back(rows_column);
    for (const auto& one : summed_fields(of)) {
        names.push_back(one.count);
        names.push_back(one.sum);
        if (!one.rest.empty()) names.push_back(one.rest);
    }
    return names;
}

std::string unit(int scale) { return "1" + std::string(static_cast<std::size_t>(scale), '0') + ".0"; }

namespace {

/// The sum of no values, as a sum of some is written.
std::string zero(const field_info& field, db::engine engine) {
    const bool exact = field.type == field_type::decimal && field.scale > 0 && engine == db::engine::postgres;
    if (exact) return "0." + std::string(static_cast<std::size_t>(field.scale), '0');
    return field.type == field_type::real ? "0.0" : "0";
}

}  // namespace

std::string computation(const rollup_info& of, db::engine engine) {
    std::string columns, keys;
    const auto add = [&](const std::string& sql) { columns += (columns.empty() ? "" : ", ") + sql; };
    const auto source = [&](std::size_t field) { return identifier(of.source->fields[field].column); };
    for (const auto& one : of.columns) {
        switch (one.what) {
            case rollup_kind::key:
                add(source(one.source));
                keys += (keys.empty() ? " GROUP BY " : ", ") + source(one.source);
                break;
            case rollup_kind::count:
                add("count(*)");
                break;
            case rollup_kind::sum:
                add(fmt::format("coalesce(sum({}), {})", source(one.source),
                                zero(of.source->fields[one.source], engine)));
                break;
            case rollup_kind::avg:
                add(fmt::format("avg({} / {})", source(one.source),
                                unit(engine == db::engine::sqlite ? of.source->fields[one.source].scale : 0)));
                break;
            case rollup_kind::min:
                add(fmt::format("min({})", source(one.source)));
                break;
            case rollup_kind::max:
                add(fmt::format("max({})", source(one.source)));
                break;
        }
    }
    add("count(*)");
    for (const auto& one : summed_fields(of)) {
        add(fmt::format("count({})", source(one.source)));
        add(fmt::format("coalesce(sum({}), {})", source(one.source), zero(of.source->fields[one.source], engine)));
        if (!one.rest.empty()) add("0.0");
    }
    const auto table = identifier(of.source->table);
    return fmt::format("SELECT {} FROM {}{}{}{}", columns, table, clause(of, " WHERE ", table, engine), keys,
                       keys.empty() ? " HAVING count(*) > 0" : "");
}

}  // namespace croft::rollup
