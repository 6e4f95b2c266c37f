// Not of the specification: introspection that nests lists of fields, types or values three deep answers with the
// whole schema many times over, and no tool asks for it.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class max_introspection_depth_rule final : public rule {
public:
    using rule::rule;

    void enter_field(const field& node) override {
        if (inside_ || (node.name.text != "__schema" && node.name.text != "__type")) return;
        if (node.selections && lists_in(*node.selections) >= most_lists)
            report("Maximum introspection depth exceeded", {node.offset});
        inside_ = &node;
    }
    void leave_field(const field& node) override {
        if (inside_ == &node) inside_ = nullptr;
    }

private:
    static constexpr int most_lists = 3;

    /// How many of the listing fields stand inside one another at most.
    int lists_in(const selection_set& selections) {
        int deepest = 0;
        for (const selection* each : selections) {
            int here = 0;
            if (const auto* field = each->as_field()) {
                const std::string_view name = field->name;
                here = name == "fields" || name == "interfaces" || name == "possibleTypes" || name == "inputFields";
                if (field->selections) here += lists_in(*field->selections);
            } else if (const auto* part = each->as_inline()) {
                here = lists_in(*part->selections);
            } else if (const auto* fragment = context_.fragment(each->as_spread()->name)) {
                here = lists_in(*fragment);
            }
            deepest = std::max(deepest, here);
        }
        return deepest;
    }

    int lists_in(const fragment_definition& fragment) {
        const auto [known, is_new] = by_fragment_.emplace(&fragment, 0);  // a cycle adds nothing
        if (!is_new) return known->second;
        const int lists = lists_in(*fragment.selections);
        return by_fragment_[&fragment] = lists;
    }

    std::unordered_map<const fragment_definition*, int> by_fragment_;
    const field* inside_ = nullptr;
};

}  // namespace

std::unique_ptr<rule> max_introspection_depth(validation_context& context, const type_info& info) {
    return std::make_unique<max_introspection_depth_rule>(context, info);
}

}  // namespace croft::graphql
