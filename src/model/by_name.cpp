// Conditions and orders from names, as the outside world gives them.
#include <fmt/format.h>

#include "base/text.hpp"
#include "croft/condition.hpp"
#include "croft/error.hpp"

namespace croft {

namespace {

std::pair<std::string_view, std::string_view> split(std::string_view dotted) {
    const auto dot = dotted.find('.');
    if (dot == dotted.npos) return {dotted, {}};
    return {dotted.substr(0, dot), dotted.substr(dot + 1)};
}

/// The rows that a many-to-many link of this name leads to: those of its table of pairs, and which of their two
/// references goes on from there.
struct link {
    relation pairs;
    std::size_t onwards = 0;
};
std::optional<link> link_named(const model_info& from, std::string_view name) {
    for (auto& one : from.links)
        if (one.name == name) return link{{{}, &one.through(), 0}, 1};
    for (const auto* model : all_models())
        for (auto& one : model->links)
            if (!name.empty() && &one.target() == &from && one.reverse == name) return link{{{}, &one.through(), 1}, 0};
    return std::nullopt;
}

/// The reference that `name` is the way back of, or nothing.
std::optional<relation> way_back(const model_info& to, std::string_view name) {
    for (const auto* model : all_models())
        for (std::size_t i = 0; i < model->fields.size(); ++i) {
            const auto& field = model->fields[i];
            if (!name.empty() && field.type == field_type::reference && &field.target() == &to && field.reverse == name)
                return relation{{}, model, i};
        }
    return std::nullopt;
}

[[noreturn]] void unknown(const model_info& model, std::string_view name) {
    std::vector<std::string_view> known;
    for (auto& field : model.fields) known.push_back(field.name);
    for (auto& link : model.links) known.push_back(link.name);
    for (const auto* other : all_models()) {
        for (auto& link : other->links)
            if (&link.target() == &model && !link.reverse.empty()) known.push_back(link.reverse);
        for (auto& field : other->fields)
            if (field.type == field_type::reference && &field.target() == &model && !field.reverse.empty())
                known.push_back(field.reverse);
    }
    throw error(fmt::format("{} has no field and no way back \"{}\"{}", model.name, name, did_you_mean(name, known)));
}

void require_rest(const model_info& root, std::string_view name, std::string_view rest, const model_info& target) {
    if (rest.empty())
        throw error(fmt::format("{}: \"{}\" are rows of {}: name one of their fields, as in \"{}.{}\"", root.name, name,
                                target.name, name, target.fields[target.id].name));
}

}  // namespace

condition condition_on(const model_info& root, std::string_view dotted, comparison how, value right) {
    if (dotted.ends_with('.'))
        throw error(fmt::format("{}: nothing is named after the last dot of \"{}\"", root.name, dotted));
    path at{&root, {}};
    const model_info* model = &root;
    for (;;) {
        const auto [name, rest] = split(dotted);
        if (const auto index = model->find(name)) {
            at.steps.push_back(*index);
            const auto& field = model->fields[*index];
            if (rest.empty()) return compare(expression(std::move(at)), how, std::move(right));
            if (field.type != field_type::reference)
                throw error(fmt::format("{}.{} is not a reference: \"{}\" can't be looked up through it", model->name,
                                        field.name, split(rest).first));
            model = &field.target();
            dotted = rest;
            continue;
        }
        if (auto pairs = link_named(*model, name)) {
            const path onwards{pairs->pairs.model, {pairs->onwards}};
            const auto& target = onwards.field().target();
            require_rest(root, name, rest, target);
            pairs->pairs.from = std::move(at);
            return condition::related(std::move(pairs->pairs),
                                      rooted(onwards, condition_on(target, rest, how, std::move(right))));
        }
        auto back = way_back(*model, name);
        if (!back) unknown(*model, name);
        require_rest(root, name, rest, *back->model);
        back->from = std::move(at);
        auto inner = condition_on(*back->model, rest, how, std::move(right));
        return condition::related(std::move(*back), std::move(inner));
    }
}

ordering ordering_on(const model_info& root, std::string_view dotted) {
    const bool descending = dotted.starts_with('-');
    return {path_to(root, dotted.substr(descending ? 1 : 0)), descending};
}

}  // namespace croft
