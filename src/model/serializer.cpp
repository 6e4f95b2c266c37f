#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "base/text.hpp"
#include "croft/json.hpp"
#include "croft/load.hpp"

namespace croft {

std::string rejection::describe() const {
    std::string out = fmt::format("row {}", row);
    if (!path.empty()) out += ", " + quoted(path);
    return out + ": " + reason;
}

field_rule::field_rule() = default;
field_rule::field_rule(const field_rule&) = default;
field_rule::field_rule(field_rule&&) noexcept = default;
field_rule& field_rule::operator=(const field_rule&) = default;
field_rule& field_rule::operator=(field_rule&&) noexcept = default;
field_rule::~field_rule() = default;

incoming::incoming() = default;
incoming::incoming(const incoming&) = default;
incoming::incoming(incoming&&) noexcept = default;
incoming& incoming::operator=(const incoming&) = default;
incoming& incoming::operator=(incoming&&) noexcept = default;
incoming::~incoming() = default;

namespace detail {

namespace {

bool is_zero(const json& v) {
    switch (v.kind()) {
        case json::kind_type::boolean:
            return !v.boolean();
        case json::kind_type::integer:
            return v.integer() == 0;
        case json::kind_type::number:
            return v.number() == 0;
        case json::kind_type::string:
            return v.text().empty();
        default:
            return false;
    }
}

void check(const field_rule& rule, const value& v) {
    if (auto* text = std::get_if<std::string>(&v); text && rule.longest && text->size() > *rule.longest)
        throw error(fmt::format("{} bytes long; at most {} are allowed", text->size(), *rule.longest));
    std::optional<double> number;
    if (auto* i = std::get_if<std::int64_t>(&v)) number = static_cast<double>(*i);
    if (auto* d = std::get_if<double>(&v)) number = *d;
    if (number && ((rule.lowest && *number < *rule.lowest) || (rule.highest && *number > *rule.highest)))
        throw error(fmt::format("{} is not within {} … {}", *number, *rule.lowest, *rule.highest));
}

/// The value of one field, or why there is none.
value read_field(const model_info& model, const field_rule& rule, const json& row) {
    const auto& field = model.fields[rule.field];
    const json* found = row.at_path(rule.path);
    const bool nothing = !found || found->is_null() || (rule.null_for_zero && is_zero(*found));
    if (nothing) {
        if (rule.must_be_there) throw error(found ? "is empty, but required" : "is missing");
        if (field.nullable) return {};
        if (field.type == field_type::reference) throw error("is missing, and the reference is not optional");
        return field.initial;
    }
    value v = rule.convert ? rule.convert(*found) : to_value(*found);
    if (auto* number = std::get_if<double>(&v); number && rule.decimals) {
        const double scale = std::pow(10, *rule.decimals);
        *number = std::round(*number * scale) / scale;
    }
    check(rule, v);
    if (rule.key_model) return fit(*rule.key_model, rule.key_model->fields[rule.key_field], std::move(v));
    return fit(model, field, std::move(v));
}

/// Remembers the natural key of a rejected row, if it can be told.
void set_aside(const model_info& model, const std::vector<field_rule>& rules, const json& row, incoming& out) {
    std::vector<value> key;
    for (auto i : model.natural_key()) {
        const auto rule = std::ranges::find(rules, i, &field_rule::field);
        if (rule == rules.end() || rule->key_model) break;
        try {
            key.push_back(read_field(model, *rule, row));
        } catch (const std::exception&) {
            break;  // it is among the row's rejections
        }
    }
    if (key.size() == model.natural_key().size())
        out.set_aside.push_back(std::move(key));
    else
        ++out.unidentified;
}

void report_unknown(const json& row, const std::set<std::string, std::less<>>& known, incoming& out) {
    for (const auto& [name, unused] : row.object())
        if (!known.contains(name)) {
            const auto place = std::lower_bound(out.unknown.begin(), out.unknown.end(), name);
            if (place == out.unknown.end() || *place != name) out.unknown.insert(place, name);
        }
}

}  // namespace

serializer_core::serializer_core(const serializer_core&) = default;
serializer_core::~serializer_core() = default;

serializer_core::serializer_core(const model_info& model, std::initializer_list<field_rule> rules)
    : model_(&model), rules_(rules) {
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        const auto& rule = rules_[i];
        const auto& field = model.fields[rule.field];
        for (std::size_t j = 0; j < i; ++j)
            if (rules_[j].field == rule.field)
                throw error(fmt::format("serializer of {}: {} is mapped twice", model.name, field.name));
        if (rule.key_model && (!field.target || &field.target() != rule.key_model))
            throw error(fmt::format("serializer of {}: {} is not a reference to {}", model.name, field.name,
                                    rule.key_model->name));
    }
}

incoming serializer_core::read(const json& rows) const {
    incoming out;
    out.model = model_;
    if (rows.kind() != json::kind_type::array)
        throw error("rows of " + model_->name + ": expected an array of objects, found " + quoted(rows.dump()));
    auto rules = rules_;
    std::set<std::string, std::less<>> present, known;
    for (const auto& row : rows.array())
        if (row.is_object())
            for (const auto& [name, unused] : row.object()) present.insert(name);
    for (std::size_t i = 0; i < model_->fields.size(); ++i) {
        const auto& field = model_->fields[i];
        if (field.role != field_role::plain || std::ranges::find(rules, i, &field_rule::field) != rules.end()) continue;
        if (i == model_->id && !model_->uniques.empty()) continue;
        for (const auto& name : {field.name, camel_case(field.name)}) {
            if (!present.contains(name)) continue;
            field_rule same;
            same.field = i;
            same.path = name;
            rules.push_back(std::move(same));
            break;
        }
    }
    const auto key = model_->natural_key();
    for (auto& rule : rules) {
        if (std::ranges::find(key, rule.field) != key.end()) rule.must_be_there = true;  // else nobody can tell the row
        out.fields.push_back(rule.field);
        if (rule.key_model) out.references.push_back(rule);
        known.insert(rule.path.substr(0, rule.path.find('.')));
    }
    for (std::size_t i = 0; i < rows.array().size(); ++i) {
        const json& row = rows.array()[i];
        if (!row.is_object()) {
            out.rejected.push_back({i + 1, "", "expected an object, found " + quoted(row.dump())});
            continue;
        }
        report_unknown(row, known, out);
        std::vector<value> values;
        const std::size_t errors_before = out.rejected.size();
        for (const auto& rule : rules) {
            try {
                values.push_back(read_field(*model_, rule, row));
            } catch (const std::exception& e) {
                out.rejected.push_back({i + 1, rule.path, e.what()});
            }
        }
        if (out.rejected.size() > errors_before) {
            set_aside(*model_, rules, row, out);
            continue;
        }
        out.rows.push_back(std::move(values));
        out.numbers.push_back(i + 1);
    }
    return out;
}

void append_object(incoming& rows, const void* object) {
    const auto& model = *rows.model;
    const bool with_id = model.uniques.empty();
    if (rows.fields.empty())
        for (std::size_t i = 0; i < model.fields.size(); ++i)
            if (model.fields[i].role == field_role::plain && (i != model.id || with_id)) rows.fields.push_back(i);
    std::vector<value> values;
    for (auto i : rows.fields)
        values.push_back(model.fields[i].get(static_cast<const char*>(object) + model.fields[i].offset));
    rows.rows.push_back(std::move(values));
    rows.numbers.push_back(rows.numbers.size() + 1);
}

}  // namespace detail
}  // namespace croft
