#include "croft/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"

namespace croft {

field_info::field_info() = default;
field_info::field_info(const field_info& other) = default;
field_info::field_info(field_info&& other) noexcept = default;
field_info& field_info::operator=(const field_info& other) = default;
field_info& field_info::operator=(field_info&& other) noexcept = default;
field_info::~field_info() = default;

model_info::model_info() = default;
model_info::model_info(const model_info& other) = default;
model_info::model_info(model_info&& other) noexcept = default;
model_info& model_info::operator=(const model_info& other) = default;
model_info& model_info::operator=(model_info&& other) noexcept = default;
model_info::~model_info() = default;

namespace {

using declaration = const model_info& (*)();
struct registered {
    declaration which;
    const detail::model_identity* identity;
};
std::vector<registered>& declarations() {
    static std::vector<registered> all;
    return all;
}

}  // namespace

namespace detail {

history_retention all_rules(std::initializer_list<retention_rule> rules) {
    history_retention all;
    for (auto& [rule] : rules) {
        if (rule.keep_for > duration{0}) all.keep_for = rule.keep_for;
        if (rule.keep_at_most > 0) all.keep_at_most = rule.keep_at_most;
        if (rule.keep_last > 0) all.keep_last = rule.keep_last;
        if (rule.thin_after > duration{0}) all.thin_after = rule.thin_after, all.thin_to = rule.thin_to;
    }
    return all;
}

const model_info& model_of_identity(const model_identity& which) {
    for (auto& one : declarations())
        if (one.identity == &which) return one.which();
    const auto from = which.name.find("= ") + 2;
    throw config_error(fmt::format("a reference points to {}, which has no CROFT_MODEL in this program",
                                   which.name.substr(from, which.name.rfind(']') - from)));
}

bool register_model(declaration which, const model_identity& identity) {
    declarations().push_back({which, &identity});
    return true;
}

}  // namespace detail

std::optional<std::size_t> model_info::find(std::string_view field) const noexcept {
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields[i].name == field) return i;
    return std::nullopt;
}

std::size_t model_info::index_of(std::string_view field) const {
    if (auto found = find(field)) return *found;
    std::vector<std::string_view> names;
    for (auto& f : fields) names.push_back(f.name);
    throw error(fmt::format("{} has no field \"{}\"{}", name, field, did_you_mean(field, names)));
}

std::vector<std::size_t> model_info::natural_key() const { return uniques.empty() ? keys : uniques.front(); }

bool model_info::assigns_key() const noexcept { return keys.size() == 1 && fields[id].type == field_type::integer64; }

bool model_info::is_unique(std::size_t field) const noexcept {
    const auto alone = [&](const std::vector<std::size_t>& one) { return one.size() == 1 && one.front() == field; };
    return alone(keys) || std::ranges::any_of(uniques, alone);
}

const field_info& field_info::stored_as() const {
    const field_info* at = this;
    while (at->type == field_type::reference) {
        const auto& other = at->target();
        at = &other.fields[other.id];
    }
    return *at;
}

namespace {

/// What can't be known before all models are described.
void check_references(const model_info& model) {
    for (const auto& field : model.fields) {
        if (!field.target) continue;
        const auto refuse = [&](const std::string& why) {
            throw config_error(fmt::format("{}:{}: {}.{}: {}", model.file, model.line, model.name, field.name, why));
        };
        const auto& target = field.target();
        const auto& key = target.fields[target.id];
        if (target.keys.size() != 1)
            refuse(fmt::format("{} has a primary key of {} fields, which no reference can hold", target.name,
                               target.keys.size()));
        if (field.key_offset && field.key_offset() != key.offset)
            refuse(fmt::format("ref_to must name the primary key of {}, which is {}", target.name, key.name));
        if (!field.key_offset && key.stored_as().type != field_type::integer64 && field.get)
            refuse(fmt::format("the primary key of {} is {}: write croft::ref_to<&{}::{}>", target.name, key.name,
                               target.name, key.name));
    }
}

}  // namespace

const std::vector<const model_info*>& all_models() {
    static const std::vector<const model_info*> all = [] {
        std::map<std::string, const model_info*> by_name, by_table;
        const auto add = [&](const model_info& info) {
            check_references(info);
            for (auto* known : {&by_name, &by_table}) {
                auto [at, fresh] = known->emplace(known == &by_name ? info.name : info.table, &info);
                if (!fresh && at->second != &info)
                    throw config_error(
                        fmt::format("{}:{}: model {} (table {}) is declared already at {}:{}; rename one, or "
                                    "give one another table(\"…\")",
                                    info.file, info.line, info.name, info.table, at->second->file, at->second->line));
            }
        };
        for (auto& which : declarations()) add(which.which());
        for (auto& which : declarations())
            for (auto& link : which.which().links) add(link.through());
        std::vector<const model_info*> sorted;
        for (auto& [name, info] : by_name) sorted.push_back(info);
        return sorted;
    }();
    return all;
}

const model_info& model_named(std::string_view name) {
    std::vector<std::string_view> names;
    for (auto* info : all_models()) {
        if (info->name == name || info->table == name) return *info;
        names.push_back(info->name);
    }
    throw error(fmt::format("there is no model \"{}\"{}", name, did_you_mean(name, names)));
}

std::string to_text(const value& v) {
    struct writer {
        std::string operator()(std::monostate) const { return "null"; }
        std::string operator()(bool b) const { return b ? "true" : "false"; }
        std::string operator()(std::int64_t i) const { return std::to_string(i); }
        std::string operator()(double d) const { return fmt::format("{}", d); }
        std::string operator()(const std::string& s) const { return quoted(s); }
        std::string operator()(const bytes& b) const { return fmt::format("{} bytes", b.size()); }
        std::string operator()(time_point t) const { return to_text(t); }
        std::string operator()(date d) const { return to_text(d); }
        std::string operator()(duration d) const { return to_iso_text(d); }
        std::string operator()(decimal_value d) const { return to_text(d); }
        std::string operator()(const uuid& id) const { return to_text(id); }
        std::string operator()(const json_text& j) const { return j.text.size() <= 60 ? j.text : quoted(j.text); }
    };
    return std::visit(writer{}, v);
}

}  // namespace croft
