// §5.2.3.1 Single Root Field: a subscription selects one field, and none of introspection.
#include <fmt/format.h>

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class single_field_subscriptions_rule final : public rule {
public:
    using rule::rule;

    void enter_operation(const operation_definition& node) override {
        if (node.operation != operation_type::subscription) return;
        root_ = the_schema().root(operation_type::subscription);
        if (!root_) return;
        groups_.clear();
        seen_.clear();
        collect(*node.selections);
        const std::string who =
            node.name ? fmt::format("Subscription \"{}\"", node.name.text) : "Anonymous Subscription";
        std::vector<std::uint32_t> more;
        for (std::size_t i = 1; i < groups_.size(); ++i) more.insert(more.end(), groups_[i].begin(), groups_[i].end());
        if (!more.empty()) context_.report(who + " must select only one top level field.", more);
        for (std::size_t i = 0; i < groups_.size(); ++i)
            if (introspects_[i])
                context_.report(who + " must not select an introspection top level field.", groups_[i]);
    }

private:
    void collect(const selection_set& selections) {
        for (const selection* each : selections) {
            if (left_out(*each)) continue;
            if (const auto* field = each->as_field()) add(*field);
            if (const auto* part = each->as_inline(); part && applies(part->type_condition)) collect(*part->selections);
            if (const auto* spread = each->as_spread()) {
                const auto* fragment = context_.fragment(spread->name);
                if (fragment && seen_.insert(fragment).second && applies(fragment->type_condition))
                    collect(*fragment->selections);
            }
        }
    }

    void add(const field& node) {
        std::size_t place = 0;
        while (place < groups_.size() && names_[place] != node.response_name()) ++place;
        if (place == groups_.size()) {
            groups_.emplace_back();
            names_.resize(place);
            names_.push_back(node.response_name());
            introspects_.resize(place);
            introspects_.push_back(node.name.text.starts_with("__"));
        }
        groups_[place].push_back(node.offset);
    }

    bool applies(const name_node& condition) const {
        const named_type* on = condition ? the_schema().type(condition) : root_;
        return on && on->includes(*root_);
    }

    /// By @skip and @include with a literal; what a variable decides counts as selected.
    static bool left_out(const selection& node) {
        for (const directive& each : node.directives)
            for (const argument& condition : each.arguments) {
                if (condition.name.text != "if" || !condition.value.is(value_kind::boolean)) continue;
                if (each.name.text == "skip" && condition.value.truth()) return true;
                if (each.name.text == "include" && !condition.value.truth()) return true;
            }
        return false;
    }

    const named_type* root_ = nullptr;
    std::vector<std::vector<std::uint32_t>> groups_;  // fields of one response name each
    std::vector<std::string_view> names_;
    std::vector<bool> introspects_;
    std::unordered_set<const fragment_definition*> seen_;
};

}  // namespace

std::unique_ptr<rule> single_field_subscriptions(validation_context& context, const type_info& info) {
    return std::make_unique<single_field_subscriptions_rule>(context, info);
}

}  // namespace croft::graphql
