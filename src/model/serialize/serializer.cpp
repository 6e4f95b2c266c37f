#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <set>

#include "base/text.hpp"
#include "croft/load.hpp"
#include "model/composite_key.hpp"

namespace croft::detail {

namespace {

bool is_zero_text(std::string_view text) {
    const bool date = text.size() >= 10 && text.find_first_of("-/.") != std::string_view::npos;
    return text.find_first_not_of(date ? "0-/.: TZ" : " \t\r\n") == std::string_view::npos;
}

bool is_nothing(const value& v) {
    if (auto* text = std::get_if<std::string>(&v)) return is_zero_text(*text);
    if (auto* whole = std::get_if<std::int64_t>(&v)) return *whole == 0;
    if (auto* real = std::get_if<double>(&v)) return *real == 0;
    if (auto* yes = std::get_if<bool>(&v)) return !*yes;
    return is_null(v);
}

/// A field that gets nothing from the source.
value nothing_for(const field_info& field, const field_rule& rule, bool found) {
    if (rule.must_be_there) throw error(found ? "is empty, but required" : "is missing");
    if (field.nullable) return {};
    if (field.type == field_type::reference) throw error("is missing, and the reference is not optional");
    return field.initial;
}

/// One value of the source, as `target` stores it; null for none.
value read_value(const field_info& field, const field_rule& rule, const json* found, const model_info& owner,
                 const field_info& target) {
    if (!found || found->is_null()) return {};
    const auto nothing = [&](const value& v) { return rule.null_for_zero ? is_nothing(v) : is_null(v); };
    if (rule.null_for_zero && !found->is_object() && !found->is_array() && is_nothing(to_value(*found))) return {};
    auto v = rule.read ? rule.read(*found) : to_value(*found);
    for (const auto& step : rule.convert) {
        if (nothing(v)) break;
        v = step(std::move(v), field);
    }
    if (nothing(v)) return {};
    v = fit(owner, target, std::move(v));
    for (const auto& holds : rule.check) holds(v);
    return v;
}

const std::string& path_of(const field_rule& rule, std::size_t part) {
    return part == 0 ? rule.path : rule.more_paths[part - 1];
}

value read_field(const model_info& model, const field_rule& rule, const json& row) {
    const auto& field = model.fields[rule.field];
    std::vector<value> parts;
    const std::string* lacking = nullptr;
    bool found = false;
    for (std::size_t i = 0; i <= rule.more_paths.size(); ++i) {
        const json* at = row.at_path(path_of(rule, i));
        found = found || at;
        parts.push_back(rule.key_model
                            ? read_value(field, rule, at, *rule.key_model, rule.key_model->fields[rule.key_fields[i]])
                            : read_value(field, rule, at, model, field));
        if (is_null(parts.back())) lacking = &path_of(rule, i);
    }
    if (std::ranges::all_of(parts, is_null)) return nothing_for(field, rule, found);
    if (lacking) throw error("is only a part of a key: there is nothing at " + quoted(*lacking));
    return composite_key::join(std::move(parts));
}

std::string shown(const json* found) {
    if (!found) return {};
    auto text = found->dump();
    if (text.size() > 200) text = quoted(text);
    return text;
}
std::string shown(const field_rule& rule, const json& row) {
    if (rule.more_paths.empty()) return shown(row.at_path(rule.path));
    json all = json::array({});
    for (std::size_t i = 0; i <= rule.more_paths.size(); ++i) {
        const json* at = row.at_path(path_of(rule, i));
        all.push_back(at ? *at : json(nullptr));
    }
    return shown(&all);
}

std::string in_style(const std::string& name, naming style) {
    auto out = style == naming::kebab_case ? name : camel_case(name);
    if (style == naming::kebab_case) std::ranges::replace(out, '_', '-');
    if (style == naming::pascal_case && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return out;
}

}  // namespace

void throw_without_key(const model_info& model, std::size_t field) {
    throw error(fmt::format("rows of {} can't be loaded without {}, which identifies them", model.name,
                            model.fields[field].name));
}

/// One call of read(): the rules that apply to these rows, and what comes of them.
class reading {
public:
    /// `arrays` hold all the rows that will be read: a field maps by itself where any of them has its name.
    reading(const serializer_core& how, const std::vector<const json*>& arrays)
        : how_(how), model_(*how.model_), rules_(how.rules_), known_(how.ignored_.begin(), how.ignored_.end()) {
        out_.model = &model_;
        out_.policy = how.unknown_;
        add_same_names(names_in(arrays));
        const auto key = model_.natural_key();
        for (auto& rule : rules_) {
            if (std::ranges::find(key, rule.field) != key.end())
                rule.must_be_there = true;  // else none can tell the row
            out_.fields.push_back(rule.field);
            if (rule.key_model) out_.references.push_back(rule);
            known_.insert(rule.path);
            known_.insert(rule.more_paths.begin(), rule.more_paths.end());
        }
        if (how.parent_field_) add_parent();
        for (const auto& child : how.children_) {
            known_.insert(child.path);
            nested_.emplace_back(*child.core, arrays_below(arrays, child.path));
            nested_.back().out_.path = child.path;
        }
    }

    /// `parent` is the key of the row around this one, if that is nested.
    bool read(const json& row, incoming::origin from, const value* parent = nullptr) {
        from.source = &row;
        if (!row.is_object()) {
            ++out_.unidentified;
            out_.reject(from, "", "expected an object, found " + quoted(row.dump()));
            return false;
        }
        note_unknown(row, "");
        std::vector<value> values;
        values.reserve(rules_.size() + 1);
        bool good = true;
        for (const auto& rule : rules_) {
            try {
                values.push_back(read_field(model_, rule, row));
            } catch (const std::exception& e) {
                out_.reject(from, rule.paths(), e.what(), shown(rule, row), &values);
                good = false;
            }
        }
        if (parent) values.push_back(*parent);
        if (good) good = check(values, from);
        if (!good) {
            set_aside(row, parent);
            return false;
        }
        read_children(row, from, values);
        out_.rows.push_back(std::move(values));
        out_.origins.push_back(from);
        return true;
    }

    incoming finish(const std::shared_ptr<const json>& source) && {
        out_.unknown.assign(unknown_.begin(), unknown_.end());
        if (how_.unknown_ == unknown_fields::refuse && !out_.unknown.empty())
            throw error(
                fmt::format("rows of {}: the source has fields that nothing maps: {}; nothing was loaded. Map "
                            "them, or name them in ignores(…)",
                            model_.name, fmt::join(out_.unknown, ", ")));
        out_.source = source;
        for (auto& below : nested_) out_.children.push_back(std::move(below).finish(source));
        return std::move(out_);
    }

private:
    static std::set<std::string, std::less<>> names_in(const std::vector<const json*>& arrays) {
        std::set<std::string, std::less<>> names;
        for (const auto* rows : arrays)
            for (const auto& row : rows->array())
                if (row.is_object())
                    for (const auto& [name, unused] : row.object()) names.insert(name);
        return names;
    }

    static std::vector<const json*> arrays_below(const std::vector<const json*>& arrays, const std::string& path) {
        std::vector<const json*> below;
        for (const auto* rows : arrays)
            for (const auto& row : rows->array())
                if (const json* found = row.at_path(path); found && found->is_array()) below.push_back(found);
        return below;
    }

    void add_same_names(const std::set<std::string, std::less<>>& present) {
        for (std::size_t i = 0; i < model_.fields.size(); ++i) {
            const auto& field = model_.fields[i];
            if (field.role != field_role::plain || i == how_.parent_field_ ||
                std::ranges::find(rules_, i, &field_rule::field) != rules_.end())
                continue;
            if (i == model_.id && model_.assigns_key() && !model_.uniques.empty()) continue;
            std::vector<std::string> names{in_style(field.name, how_.naming_)};
            if (how_.naming_ == naming::as_model) names.insert(names.begin(), field.name);
            const auto name = std::ranges::find_if(names, [&](auto& one) { return present.contains(one); });
            if (name == names.end()) continue;
            field_rule same;
            same.field = i;
            same.path = *name;
            rules_.push_back(std::move(same));
        }
    }

    /// What nothing maps, also beside what is mapped within an object: "stats.mp".
    void note_unknown(const json& object, const std::string& above) {
        for (const auto& [name, content] : object.object()) {
            const auto path = above + name;
            if (known_.contains(path)) continue;
            const auto within = known_.lower_bound(path + ".");
            if (within == known_.end() || !within->starts_with(path + "."))
                unknown_.insert(path);
            else if (content.is_object())
                note_unknown(content, path + ".");
        }
    }

    void add_parent() {
        field_rule rule;
        rule.field = *how_.parent_field_;
        rule.key_model = how_.parent_;
        rule.key_fields = how_.parent_keys_;
        out_.fields.push_back(rule.field);
        out_.references.push_back(rule);
        out_.parent_field = rule.field;
    }

    bool check(const std::vector<value>& values, const incoming::origin& from) {
        if (how_.checks_.empty()) return true;
        bool good = true;
        try {
            const auto object = how_.checks_.front().make();
            for (std::size_t i = 0; i < rules_.size(); ++i) {
                const auto& field = model_.fields[rules_[i].field];
                if (!rules_[i].key_model) field.set(static_cast<char*>(object.get()) + field.offset, values[i]);
            }
            for (const auto& one : how_.checks_)
                if (auto fault = one.fault(object.get()); !fault.empty()) {
                    out_.reject(from, "", std::move(fault));
                    good = false;
                }
        } catch (const std::exception& e) {
            out_.reject(from, "", e.what());
            good = false;
        }
        return good;
    }

    /// Remembers the natural key of a rejected row, if it can be told.
    void set_aside(const json& row, const value* parent) {
        std::vector<value> key;
        for (auto i : model_.natural_key()) {
            if (parent && i == how_.parent_field_) break;  // all of the parent's rows stay anyway
            const auto rule = std::ranges::find(rules_, i, &field_rule::field);
            if (rule == rules_.end()) break;
            try {
                key.push_back(read_field(model_, *rule, row));
            } catch (const std::exception&) {
                break;  // it is among the row's rejections
            }
        }
        if (key.size() == model_.natural_key().size())
            out_.set_aside.push_back(std::move(key));
        else
            ++out_.unidentified;
    }

    /// What tells the row for those below it.
    value key_in(const std::vector<value>& values, const std::vector<std::size_t>& fields) const {
        std::vector<value> parts;
        for (const auto field : fields) {
            const auto told_by = std::ranges::find(rules_, field, &field_rule::field);
            if (told_by == rules_.end()) throw_without_key(model_, field);
            parts.push_back(values[static_cast<std::size_t>(told_by - rules_.begin())]);
        }
        return composite_key::join(std::move(parts));
    }

    void read_children(const json& row, const incoming::origin& from, const std::vector<value>& values) {
        for (std::size_t i = 0; i < nested_.size(); ++i) {
            const auto& rule = how_.children_[i];
            const json* rows = row.at_path(rule.path);
            if (!rows || rows->is_null()) continue;
            auto& below = nested_[i];
            const auto key = key_in(values, rule.core->parent_keys_);
            if (!rows->is_array()) {
                below.out_.reject({from.number, rows, 0}, "", "expected an array, found " + quoted(rows->dump()));
                continue;
            }
            bool all = true;
            for (std::size_t k = 0; k < rows->array().size(); ++k)
                all = below.read(rows->array()[k], {from.number, nullptr, k}, &key) && all;
            if (all) below.out_.parents_told.emplace_back(from.number, key);
        }
    }

    const serializer_core& how_;
    const model_info& model_;
    std::vector<field_rule> rules_;
    std::set<std::string, std::less<>> known_;
    std::set<std::string> unknown_;
    std::vector<reading> nested_;
    incoming out_;
};

serializer_core::serializer_core(const model_info& model) noexcept : model_(&model) {}
serializer_core::~serializer_core() = default;
std::shared_ptr<serializer_core> serializer_core::make(const model_info& model) {
    return std::make_shared<serializer_core>(model);
}

incoming serializer_core::read(json rows) const {
    if (!rows.is_array())
        throw error("rows of " + model_->name + ": expected an array of objects, found " + quoted(rows.dump()));
    const auto source = std::make_shared<const json>(std::move(rows));
    reading all(*this, {source.get()});
    for (std::size_t i = 0; i < source->array().size(); ++i) all.read(source->array()[i], {i + 1});
    return std::move(all).finish(source);
}

namespace {

/// A path for each field of a key, and of several only plain ones: a reference among them would have a key of its own.
void require_paths(const model_info& model, const field_rule& rule) {
    std::vector<std::string> names;
    for (const auto i : rule.key_fields) names.push_back(rule.key_model->fields[i].name);
    const auto all = fmt::format("{}", fmt::join(names, ", "));
    const auto& field = model.fields[rule.field].name;
    if (names.size() != rule.more_paths.size() + 1)
        throw error(fmt::format("serializer of {}: the key of {} is ({}), so {} needs {} paths, and has {}", model.name,
                                rule.key_model->name, all, field, names.size(), rule.more_paths.size() + 1));
    for (const auto i : rule.key_fields)
        if (names.size() > 1 && rule.key_model->fields[i].type == field_type::reference)
            throw error(
                fmt::format("serializer of {}: the key of {} is ({}), of which {} is a reference itself; {} can "
                            "be told by plain fields only, or by its id",
                            model.name, rule.key_model->name, all, rule.key_model->fields[i].name, field));
}

}  // namespace

void serializer_core::add(field_rule rule) {
    const auto& field = model_->fields[rule.field];
    if (std::ranges::find(rules_, rule.field, &field_rule::field) != rules_.end())
        throw error(fmt::format("serializer of {}: {} is mapped twice", model_->name, field.name));
    if (rule.key_model && (!field.target || &field.target() != rule.key_model))
        throw error(fmt::format("serializer of {}: {} is not a reference to {}", model_->name, field.name,
                                rule.key_model->name));
    if (!rule.more_paths.empty() && !rule.key_model) {
        if (!field.target)
            throw error(
                fmt::format("serializer of {}: {} is no reference, and takes one path", model_->name, field.name));
        rule.key_model = &field.target();
        rule.key_fields = rule.key_model->natural_key();
    }
    if (rule.key_model) require_paths(*model_, rule);
    rules_.push_back(std::move(rule));
}

void serializer_core::add(row_check check) {
    if (check.model != model_)
        throw error(
            fmt::format("serializer of {}: a check of {} is none of its rows", model_->name, check.model->name));
    checks_.push_back(std::move(check));
}

void serializer_core::add(child_rule rule) {
    if (rule.parent != model_)
        throw error(fmt::format("serializer of {}: the rows at \"{}\" refer to {}", model_->name, rule.path,
                                rule.parent->name));
    for (const auto& other : children_)
        if (other.core->model_ == rule.core->model_ && other.reference == rule.reference)
            throw error(fmt::format("serializer of {}: the rows at \"{}\" would replace those at \"{}\"", model_->name,
                                    rule.path, other.path));
    rule.core->nest_under(rule.reference, *model_);
    children_.push_back(std::move(rule));
}

void serializer_core::add(ignored_fields ignored) { std::ranges::move(ignored.names, std::back_inserter(ignored_)); }

void serializer_core::nest_under(std::size_t reference, const model_info& parent) {
    const auto& field = model_->fields[reference];
    const auto key = parent.natural_key();
    for (const auto i : key)
        if (parent.fields[i].type == field_type::reference)
            throw config_error(
                fmt::format("serializer of {}: children<> needs a row that plain fields tell, but {} is "
                            "told by a reference: {}",
                            parent.name, parent.name, parent.fields[i].name));
    if (model_->uniques.empty())
        throw config_error(
            fmt::format("serializer of {}: {} needs a unique<…> in its CROFT_MODEL, by which rows under "
                        "one {} are told apart",
                        parent.name, model_->name, parent.name));
    if (std::ranges::find(rules_, reference, &field_rule::field) != rules_.end())
        throw error(fmt::format("serializer of {}: {} is the row around, and needs no rule", model_->name, field.name));
    parent_field_ = reference;
    parent_ = &parent;
    parent_keys_ = key;
}

}  // namespace croft::detail
