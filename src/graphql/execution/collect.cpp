#include "graphql/execution/collect.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace croft::graphql {

namespace {

class collector {
public:
    collector(const document& document, const named_type& object, const json_object& variables)
        : document_(document), object_(object), variables_(variables) {}

    void visit(const selection_set& set) {
        for (const auto* each : set) {
            if (!wanted(*each)) continue;
            if (const auto* one = each->as_field())
                add(*one);
            else if (const auto* spread = each->as_spread())
                visit_fragment(spread->name.text);
            else if (const auto* inline_one = each->as_inline(); applies(inline_one->type_condition))
                visit(*inline_one->selections);
        }
    }

    std::vector<collected_field> take() { return std::move(fields_); }
    bool varies() const noexcept { return varies_; }

private:
    bool applies(const name_node& condition) const { return condition.empty() || condition.text == object_.name; }

    void visit_fragment(std::string_view name) {
        if (!visited_.insert(name).second) return;
        for (const auto* each : document_.definitions())
            if (const auto* fragment = each->as_fragment(); fragment && fragment->name.text == name)
                if (applies(fragment->type_condition)) visit(*fragment->selections);
    }

    void add(const field& one) {
        const auto at = place_of(one.response_name());
        if (at == fields_.size()) fields_.push_back({one.response_name(), &one, {}});
        if (one.selections) fields_[at].selections.push_back(one.selections);
    }

    /// The place of the field with this name, or of the next one where there is none. A few are found faster by looking
    /// through them than by hashing.
    std::size_t place_of(std::string_view name) {
        if (fields_.size() < few)
            return static_cast<std::size_t>(std::ranges::find(fields_, name, &collected_field::response_name) -
                                            fields_.begin());
        for (std::size_t i = places_.size(); i < fields_.size(); ++i) places_.emplace(fields_[i].response_name, i);
        const auto at = places_.find(name);
        return at == places_.end() ? fields_.size() : at->second;
    }

    bool truth(const list<argument>& arguments) {
        for (const auto& argument : arguments) {
            if (argument.name.text != "if") continue;
            if (!argument.value.is(value_kind::variable)) return argument.value.truth();
            varies_ = true;
            const auto* given = variables_.find(argument.value.text);
            return given && given->is_boolean() && given->boolean();
        }
        return false;
    }
    bool wanted(const selection& each) {
        for (const auto& directive : each.directives) {
            if (directive.name.text == "skip" && truth(directive.arguments)) return false;
            if (directive.name.text == "include" && !truth(directive.arguments)) return false;
        }
        return true;
    }

    static constexpr std::size_t few = 16;

    const document& document_;
    const named_type& object_;
    const json_object& variables_;
    std::vector<collected_field> fields_;
    std::unordered_map<std::string_view, std::size_t> places_;
    std::set<std::string_view> visited_;
    bool varies_ = false;
};

}  // namespace

std::vector<collected_field> collect_fields(const document& document, const named_type& object,
                                            const std::vector<const selection_set*>& selections,
                                            const json_object& variables, bool* varies) {
    collector collect(document, object, variables);
    for (const auto* set : selections) collect.visit(*set);
    if (varies) *varies |= collect.varies();
    return collect.take();
}

}  // namespace croft::graphql
