// §5.3.2 Field Selection Merging: fields of one response name must be able to become one.
//
// Comparing fields pair by pair costs the square of their number, and following fragments anew for every pair costs an
// exponent; both have taken servers down. Here all fields that end up under one response name are looked at as a group:
// they are compared with the first of them only (being mergeable is transitive), and then their selections are merged
// into one set, which is looked at next. A set that was seen before is skipped. Two passes do that: one over fields
// that can be selected on the same object (same field, same arguments), one over all (same shape of the answer). Only
// when a group does conflict, its pairs are gone through for the messages. What sets there can be is still exponential
// for a document made for it, so the work has a bound, beyond which the document is refused.
#include "graphql/validation/rules/overlapping_fields.hpp"

#include <fmt/format.h>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class overlapping_fields_can_be_merged_rule final : public rule {
public:
    using rule::rule;

    void leave_document() override {
        field_merger merger(context_);
        for (const definition* each : context_.document().definitions())
            if (const auto* operation = each->as_operation()) merger.check(*operation);
        for (const definition* each : context_.document().definitions())
            if (const auto* fragment = each->as_fragment()) merger.check(*fragment);
        for (const merge_conflict& each : merger.conflicts()) report_conflict(each);
        if (merger.gave_up()) report("The document's fields overlap in too many ways to be checked.", {});
    }

private:
    void report_conflict(const merge_conflict& conflict) {
        std::vector<std::uint32_t> first, second;
        places(conflict, first, second);
        first.insert(first.end(), second.begin(), second.end());
        context_.report(
            fmt::format("Fields \"{}\" conflict because {}. Use different aliases on the fields to fetch both if "
                        "this was intentional.",
                        conflict.first->response_name(), reason(conflict)),
            first);
    }

    static std::string reason(const merge_conflict& conflict) {
        if (conflict.inner.empty()) return conflict.reason;
        std::string text;
        for (const merge_conflict& each : conflict.inner)
            text += fmt::format("{}subfields \"{}\" conflict because {}", text.empty() ? "" : " and ",
                                each.first->response_name(), reason(each));
        return text;
    }

    static void places(const merge_conflict& conflict, std::vector<std::uint32_t>& first,
                       std::vector<std::uint32_t>& second) {
        first.push_back(conflict.first->offset);
        second.push_back(conflict.second->offset);
        for (const merge_conflict& each : conflict.inner) places(each, first, second);
    }
};

}  // namespace

std::unique_ptr<rule> overlapping_fields_can_be_merged(validation_context& context, const type_info& info) {
    return std::make_unique<overlapping_fields_can_be_merged_rule>(context, info);
}

}  // namespace croft::graphql
