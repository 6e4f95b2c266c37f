#include "graphql/validation/rules/overlapping_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "graphql/language/printer.hpp"

namespace croft::graphql {
namespace {

/// A value with the members of objects in order, so that equal values have equal texts.
std::string sorted_text(const value& node) {
    if (node.is(value_kind::object)) {
        std::vector<std::string> members;
        for (const object_field& each : node.fields)
            members.push_back(std::string(each.name.text) + ":" + sorted_text(each.value));
        std::ranges::sort(members);
        return fmt::format("{{{}}}", fmt::join(members, ","));
    }
    if (!node.is(value_kind::list)) return print(node);
    std::string items;
    for (const value& each : node.items) items += sorted_text(each) + ",";
    return "[" + items + "]";
}

/// SameResponseShape, for one pair of types.
bool shapes_differ(type a, type b) {
    while (a.is_wrapped() || b.is_wrapped()) {
        if (a.is_list() != b.is_list() || a.is_non_null() != b.is_non_null()) return true;
        a = a.inner();
        b = b.inner();
    }
    return (a.named().is_leaf() || b.named().is_leaf()) && !(a == b);
}

bool is_object(const named_type* type) { return type && type->is(type_kind::object); }

}  // namespace

void field_merger::check(const operation_definition& operation) {
    check(*operation.selections, context_.schema()->root(operation.operation));
}

void field_merger::check(const fragment_definition& fragment) {
    if (!covered_.contains(&fragment)) check(*fragment.selections, context_.schema()->type(fragment.type_condition));
}

bool field_merger::within_bound() {
    gave_up_ = gave_up_ || ++visits_ > most_visits;
    return !gave_up_;
}

void field_merger::check(const selection_set& selections, const named_type* parent) {
    for (const pass which : {pass::same_object, pass::shape}) {
        run({which, {{&selections, parent && parent->is_composite() ? parent : nullptr, nullptr}}});
        while (!tasks_.empty() && !gave_up_) {
            task next = std::move(tasks_.back());
            tasks_.pop_back();
            run(std::move(next));
        }
    }
}

/// Looks at one merged set, and leaves what is to be merged inside of it as further tasks.
void field_merger::run(task work) {
    std::vector<const selection_set*> key;
    for (const source& each : work.sources) key.push_back(each.selections);
    std::ranges::sort(key);
    if (!seen_[static_cast<std::size_t>(work.which)].insert(std::move(key)).second) return;
    const std::size_t waiting = tasks_.size();
    for (const group& fields : collect(work.sources)) {
        if (work.which == pass::same_object)
            check_same_object(fields);
        else
            check_group(pass::shape, fields);
    }
    std::reverse(tasks_.begin() + static_cast<std::ptrdiff_t>(waiting), tasks_.end());  // in the document's order
}

/// The fields of all sources by response name, fragments opened (each once), in the order of the document.
std::vector<field_merger::group> field_merger::collect(const std::vector<source>& sources) {
    std::vector<group> groups;
    std::unordered_map<std::string_view, std::size_t> places;
    std::unordered_set<const fragment_definition*> opened;
    std::vector<source> stack(sources.rbegin(), sources.rend());
    const auto composite = [&](std::string_view name) {
        const named_type* found = context_.schema()->type(name);
        return found && found->is_composite() ? found : nullptr;
    };
    while (!stack.empty()) {
        if (!within_bound()) return {};
        const source from = stack.back();
        stack.pop_back();
        std::vector<source> parts;
        for (const selection* each : *from.selections) {
            if (const auto* part = each->as_inline())
                parts.push_back(
                    {part->selections, part->type_condition ? composite(part->type_condition) : from.type, from.above});
            if (const auto* spread = each->as_spread()) {
                const auto* fragment = context_.fragment(spread->name);
                if (!fragment || !opened.insert(fragment).second) continue;
                covered_.insert(fragment);
                parts.push_back({fragment->selections, composite(fragment->type_condition), from.above});
            }
            const auto* node = each->as_field();
            if (!node) continue;
            if (!within_bound()) return {};
            const auto* definition = from.type ? context_.schema()->field(*from.type, node->name) : nullptr;
            const std::size_t depth = from.above ? from.above->depth + 1 : 0;
            selected_.push_back({node, from.type, definition, from.above, depth});
            const auto [place, is_new] = places.emplace(node->response_name(), groups.size());
            if (is_new) groups.emplace_back();
            groups[place->second].push_back(&selected_.back());
        }
        stack.insert(stack.end(), parts.rbegin(), parts.rend());
    }
    return groups;
}

/// Splits a group by the object that it can be selected on: a field of an interface meets those of every object.
void field_merger::check_same_object(const group& fields) {
    std::vector<const named_type*> objects;
    for (const selected* each : fields)
        if (is_object(each->parent) && std::ranges::find(objects, each->parent) == objects.end())
            objects.push_back(each->parent);
    if (objects.size() < 2) return check_group(pass::same_object, fields);
    for (const named_type* object : objects) {
        group on_object;
        for (const selected* each : fields)
            if (!is_object(each->parent) || each->parent == object) on_object.push_back(each);
        check_group(pass::same_object, on_object);
    }
}

void field_merger::check_group(pass which, const group& fields) {
    const selected& first = *fields.front();
    const auto differs = [&](const selected* each) { return !difference(which, first, *each).empty(); };
    if (std::ranges::none_of(fields, differs)) return merge_inside(which, fields);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        for (std::size_t j = i + 1; j < fields.size(); ++j) {
            const std::string reason = difference(which, *fields[i], *fields[j]);
            if (!reason.empty()) note(*fields[i], *fields[j], reason);
            if (conflicts_.size() > context_.max_errors()) return;
        }
    }
}

void field_merger::merge_inside(pass which, const group& fields) {
    task next{which, {}};
    for (const selected* each : fields) {
        if (!each->node->selections) continue;
        const named_type* type = each->definition ? &each->definition->type.named() : nullptr;
        next.sources.push_back({each->node->selections, type && type->is_composite() ? type : nullptr, each});
    }
    if (!next.sources.empty()) tasks_.push_back(std::move(next));
}

/// Why the two can't be one; empty when they can.
std::string field_merger::difference(pass which, const selected& a, const selected& b) {
    if (a.node == b.node) return {};
    if (which == pass::same_object) {
        if (a.node->name.text != b.node->name.text)
            return fmt::format("\"{}\" and \"{}\" are different fields", a.node->name.text, b.node->name.text);
        if (arguments_text(*a.node) != arguments_text(*b.node)) return "they have differing arguments";
        return {};
    }
    if (!a.definition || !b.definition || !shapes_differ(a.definition->type, b.definition->type)) return {};
    return fmt::format("they return conflicting types \"{}\" and \"{}\"", to_string(a.definition->type),
                       to_string(b.definition->type));
}

const std::string& field_merger::arguments_text(const field& node) {
    static const std::string none;
    if (node.arguments.empty()) return none;
    const auto [known, is_new] = arguments_.try_emplace(&node);
    if (!is_new) return known->second;
    std::vector<std::string> texts;
    for (const argument& each : node.arguments)
        texts.push_back(std::string(each.name.text) + ":" + sorted_text(each.value));
    std::ranges::sort(texts);
    return known->second = fmt::format("{}", fmt::join(texts, ","));
}

/// Files a conflict under the outermost fields on the way to it that differ, as one error is written for those.
void field_merger::note(const selected& a, const selected& b, const std::string& reason) {
    if (!noted_.insert(std::minmax(a.node, b.node)).second) return;
    std::vector<std::pair<const field*, const field*>> way;
    for (const selected *x = &a, *y = &b; x && y && x->node != y->node && way.size() < most_depth;
         x = x->above, y = y->above)
        way.emplace_back(x->node, y->node);
    std::vector<merge_conflict>* level = &conflicts_;
    for (const auto& [first, second] : std::views::reverse(way)) {
        auto known = std::ranges::find_if(
            *level, [&](const merge_conflict& each) { return each.first == first && each.second == second; });
        if (known == level->end())
            known = level->insert(level->end(), {first, second, {}});
        else if (!known->reason.empty())
            return;  // they can't be merged anyway
        if (first == a.node) known->reason = reason;
        level = &known->inner;
    }
}

}  // namespace croft::graphql
