#include "graphql/binding/arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "graphql/type/schema.hpp"

namespace croft::graphql {

namespace {

/// The value as the column takes it: an ID arrives as a text.
croft::value column_value(const field_info& field, const json& v) {
    auto made = to_value(v);
    const auto type = field.stored_as().type;
    const bool number = type != field_type::boolean && type <= field_type::integer64;
    if (auto* text = std::get_if<std::string>(&made); text && number) {
        std::int64_t parsed = 0;
        const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), parsed);
        if (fault != std::errc() || end != text->data() + text->size())
            throw error(fmt::format("\"{}\" is not an id: ids are numbers", *text));
        return parsed;
    }
    return made;
}

path extended(path p, std::size_t step) {
    p.steps.push_back(step);
    return p;
}

/// The model whose field the path ends at.
const model_info& owner_of(const path& p) {
    const model_info* at = p.root;
    for (std::size_t i = 0; i + 1 < p.steps.size(); ++i) at = &at->fields[p.steps[i]].target();
    return *at;
}

condition one_lookup(const path& column, std::string_view how, const json& v) {
    static const std::map<std::string_view, comparison> simple = {
        {"exact", comparison::equal},
        {"iExact", comparison::iequal},
        {"contains", comparison::contains},
        {"iContains", comparison::icontains},
        {"startsWith", comparison::starts_with},
        {"iStartsWith", comparison::istarts_with},
        {"endsWith", comparison::ends_with},
        {"iEndsWith", comparison::iends_with},
        {"gt", comparison::greater},
        {"gte", comparison::greater_equal},
        {"lt", comparison::less},
        {"lte", comparison::less_equal},
    };
    const auto& field = column.field();
    if (how == "isNull") {
        auto null = condition::compare(column, comparison::is_null, {});
        return v.boolean() ? null : !null;
    }
    if (how == "inList") {
        std::vector<croft::value> values;
        const auto& owner = owner_of(column);
        for (const auto& one : v.array()) values.push_back(fit(owner, field, column_value(field, one)));
        return condition::compare(column, comparison::in, std::move(values));
    }
    return compare(column, simple.at(how), column_value(field, v));
}

condition filter(const bound_type& type, const path& prefix, const json_object& given, const schema& schema) {
    condition all;
    const auto* input = schema.type(type.name + "Filter");
    for (const auto& [name, v] : given) {
        if (v.is_null()) continue;
        if (name == "AND" || name == "OR") {
            condition joined;
            bool first = true;
            for (const auto& one : v.array()) {
                auto part = filter(type, prefix, one.object(), schema);
                if (part.what() == condition::kind::always && name == "OR") {  // an empty filter holds for every row
                    joined = {}, first = false;
                    break;
                }
                joined = first ? part : name == "AND" ? joined && part : joined || part;
                first = false;
            }
            all = std::move(all) && std::move(joined);
        } else if (name == "NOT") {
            all = std::move(all) && !filter(type, prefix, v.object(), schema);
        } else {
            const auto& bound = *static_cast<const bound_input*>(input->input_field(name)->binding);
            const auto column = extended(prefix, bound.column);
            if (bound.target) {
                all = std::move(all) && filter(*bound.target, column, v.object(), schema);
            } else {
                for (const auto& [how, operand] : v.object())
                    if (!operand.is_null()) all = std::move(all) && one_lookup(column, how, operand);
            }
        }
    }
    return all;
}

void add_order(std::vector<ordering>& out, const bound_type& type, const path& prefix, const json_object& given,
               const schema& schema) {
    const auto* input = schema.type(type.name + "Order");
    for (const auto& [name, v] : given) {
        if (v.is_null()) continue;
        const auto& bound = *static_cast<const bound_input*>(input->input_field(name)->binding);
        const auto column = extended(prefix, bound.column);
        if (bound.target)
            add_order(out, *bound.target, column, v.object(), schema);
        else
            out.push_back({column, v.text() == "DESC"});
    }
}

const json* given(const json_object& arguments, std::string_view name) {
    const auto* found = arguments.find(name);
    return found && !found->is_null() ? found : nullptr;
}

}  // namespace

croft::selection list_selection(const bound_type& type, const json_object& arguments, const schema& schema,
                                const path& prefix) {
    croft::selection what;
    what.model = prefix.root;
    if (const auto* filters = given(arguments, "filters")) what.where = filter(type, prefix, filters->object(), schema);
    if (const auto* order = given(arguments, "order"))
        for (const auto& one : order->array()) add_order(what.order, type, prefix, one.object(), schema);
    if (const auto* page = given(arguments, "pagination")) {
        if (const auto* limit = given(page->object(), "limit")) what.limit = limit->integer();
        if (const auto* offset = given(page->object(), "offset")) what.offset = offset->integer();
        if (what.limit.value_or(0) < 0 || what.offset < 0)
            throw error("pagination: limit and offset must not be negative");
    }
    if (const auto* then = given(arguments, "asOf")) what.as_of = *parse_time(then->text());
    return what;
}

croft::selection one_selection(const bound_type& type, const json_object& arguments) {
    croft::selection what;
    what.model = type.model;
    std::vector<std::size_t> keys;
    for (const auto& field : type.model->fields) {
        const auto* v = given(arguments, field_name(*type.model, field));
        if (!v) continue;
        const auto column = static_cast<std::size_t>(&field - type.model->fields.data());
        what.where =
            std::move(what.where) && compare({type.model, {column}}, comparison::equal, column_value(field, *v));
        keys.push_back(column);
    }
    const bool primary = std::ranges::is_permutation(keys, type.model->keys);
    if (!primary && !(keys.size() == 1 && type.model->is_unique(keys.front())))
        throw error(type.name + (type.model->keys.size() == 1
                                     ? ": give exactly one of its keys as the argument"
                                     : ": give all parts of its primary key, or one other key, as the arguments"));
    if (const auto* then = given(arguments, "asOf")) what.as_of = *parse_time(then->text());
    what.limit = 1;
    return what;
}

}  // namespace croft::graphql
