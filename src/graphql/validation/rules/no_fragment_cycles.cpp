// §5.5.2.2 Fragment Spreads Must Not Form Cycles.
#include <fmt/format.h>

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class no_fragment_cycles_rule final : public rule {
public:
    using rule::rule;

    void enter_fragment(const fragment_definition& node) override {
        if (visited_.insert(&node).second) search(node);
    }

private:
    struct step {
        const fragment_definition* fragment;
        std::size_t next = 0;  // of its spreads
    };

    /// Depth first, with a stack of its own: a chain of fragments may be as long as the document.
    void search(const fragment_definition& start) {
        std::vector<step> stack = {{&start}};
        path_.clear();
        place_ = {{start.name.text, 0}};
        while (!stack.empty()) {
            const auto& spreads = context_.uses(*stack.back().fragment).spreads;
            if (stack.back().next == spreads.size()) {
                place_.erase(stack.back().fragment->name.text);
                stack.pop_back();
                if (!path_.empty()) path_.pop_back();
                continue;
            }
            const fragment_spread& spread = *spreads[stack.back().next++];
            if (const auto cycle = place_.find(spread.name.text); cycle != place_.end()) {
                report_cycle(spread, cycle->second);
            } else if (const auto* next = context_.fragment(spread.name); next && visited_.insert(next).second) {
                path_.push_back(&spread);
                place_.emplace(next->name.text, path_.size());
                stack.push_back({next});
            }
        }
    }

    void report_cycle(const fragment_spread& last, std::size_t start) {
        std::string via;
        std::vector<std::uint32_t> offsets;
        for (std::size_t i = start; i < path_.size(); ++i) {
            via += fmt::format("{}\"{}\"", via.empty() ? " via " : ", ", path_[i]->name.text);
            offsets.push_back(path_[i]->offset);
        }
        offsets.push_back(last.offset);
        context_.report(fmt::format("Cannot spread fragment \"{}\" within itself{}.", last.name.text, via), offsets);
    }

    std::unordered_set<const fragment_definition*> visited_;
    std::vector<const fragment_spread*> path_;
    std::unordered_map<std::string_view, std::size_t> place_;  // of a fragment on the path
};

}  // namespace

std::unique_ptr<rule> no_fragment_cycles(validation_context& context, const type_info& info) {
    return std::make_unique<no_fragment_cycles_rule>(context, info);
}

}  // namespace croft::graphql
