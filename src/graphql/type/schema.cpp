#include "graphql/type/schema.hpp"

#include <algorithm>

namespace croft::graphql {

const named_type* schema::root(operation_type operation) const {
    return parts_->roots[static_cast<std::size_t>(operation)];
}

const named_type* schema::type(std::string_view name) const {
    const auto found = parts_->types_by_name.find(name);
    return found == parts_->types_by_name.end() ? nullptr : found->second;
}

const directive_type* schema::directive(std::string_view name) const {
    const auto found = parts_->directives_by_name.find(name);
    return found == parts_->directives_by_name.end() ? nullptr : found->second;
}

graphql::type schema::resolve(const type_ref& reference) const {
    const named_type* named = type(reference.innermost().name);
    if (!named) return {};
    std::vector<type_ref_kind> wrappers;
    for (const type_ref* at = &reference; at->of; at = at->of) wrappers.push_back(at->kind);
    if (wrappers.size() > graphql::type::max_wrappers) return {};
    graphql::type found(*named);
    for (auto kind = wrappers.rbegin(); kind != wrappers.rend(); ++kind)
        found = *kind == type_ref_kind::list ? found.list_of() : found.non_null();
    return found;
}

const field_definition* schema::field(const named_type& parent, std::string_view name) const {
    if (const auto* found = parent.field(name)) return found;
    if (!name.starts_with("__")) return nullptr;
    if (name == "__typename" && parent.is_composite()) return &parts_->typename_field;
    if (&parent != root(operation_type::query)) return nullptr;
    if (name == "__schema") return &parts_->schema_field;
    if (name == "__type") return &parts_->type_field;
    return nullptr;
}

bool schema::is_subtype(const graphql::type& sub, const graphql::type& super) {
    if (super.is_non_null()) return sub.is_non_null() && is_subtype(sub.inner(), super.inner());
    if (sub.is_non_null()) return is_subtype(sub.inner(), super);
    if (super.is_list()) return sub.is_list() && is_subtype(sub.inner(), super.inner());
    return !sub.is_list() && super.named().includes(sub.named());
}

bool schema::overlap(const named_type& a, const named_type& b) {
    if (&a == &b) return true;
    if (!b.is_abstract()) return a.includes(b);
    if (!a.is_abstract()) return b.includes(a);
    return std::ranges::any_of(a.possible, [&](const named_type* each) { return b.includes(*each); });
}

schema_parts schema::parts() const {
    schema_parts out{.description = parts_->description,
                     .query = parts_->root_names[0],
                     .mutation = parts_->root_names[1],
                     .subscription = parts_->root_names[2]};
    for (const named_type& each : types())
        if (!each.built_in) out.types.push_back(each);
    for (const directive_type& each : directives())
        if (!each.built_in) out.directives.push_back(each);
    return out;
}

}  // namespace croft::graphql
