#include "croft/condition.hpp"

#include <fmt/format.h>

namespace croft {

const field_info& path::field() const {
    const model_info* at = root;
    for (std::size_t i = 0; i + 1 < steps.size(); ++i) at = &at->fields[steps[i]].target();
    return at->fields[steps.back()];
}

path path_to(const model_info& root, const std::vector<std::string_view>& names) {
    path found{&root, {}};
    const model_info* at = &root;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto index = at->index_of(names[i]);
        found.steps.push_back(index);
        if (i + 1 == names.size()) break;
        const auto& field = at->fields[index];
        if (field.type != field_type::reference)
            throw error(fmt::format("{}.{} is not a reference: \"{}\" can't be looked up through it", at->name,
                                    field.name, names[i + 1]));
        at = &field.target();
    }
    if (found.steps.empty()) throw error(root.name + ": an empty path names no field");
    return found;
}

condition condition::compare(path left, comparison how, std::vector<value> right) {
    condition made;
    made.node_ = std::make_shared<node>(node{kind::compare, std::move(left), how, std::move(right), {}});
    return made;
}

condition condition::joined(kind what, condition a, condition b) {
    if (a.what() == kind::always) return what == kind::all_of ? b : a;
    if (b.what() == kind::always) return what == kind::all_of ? a : b;
    std::vector<condition> parts;
    for (auto* side : {&a, &b}) {
        if (side->what() == what)
            parts.insert(parts.end(), side->parts().begin(), side->parts().end());
        else
            parts.push_back(std::move(*side));
    }
    condition made;
    made.node_ = std::make_shared<node>(node{what, {}, {}, {}, std::move(parts)});
    return made;
}

condition operator!(condition a) {
    condition made;
    made.node_ =
        std::make_shared<condition::node>(condition::node{condition::kind::negation, {}, {}, {}, {std::move(a)}});
    return made;
}

condition compare(path left, comparison how, value right) {
    const bool on_null = is_null(right);
    if (on_null && how == comparison::not_equal) return !condition::compare(std::move(left), comparison::is_null, {});
    if (on_null && how == comparison::equal) return condition::compare(std::move(left), comparison::is_null, {});
    const model_info* owner = left.root;
    for (std::size_t i = 0; i + 1 < left.steps.size(); ++i) owner = &owner->fields[left.steps[i]].target();
    const auto& field = left.field();
    if (on_null) throw error(fmt::format("{}.{}: null can only be compared with == and !=", owner->name, field.name));
    if (how >= comparison::contains && how <= comparison::iequal && field.type != field_type::text)
        throw error(fmt::format("{}.{} is not a text: it can't be searched in", owner->name, field.name));
    value fitting = fit(*owner, field, std::move(right));
    return condition::compare(std::move(left), how, {std::move(fitting)});
}

}  // namespace croft
