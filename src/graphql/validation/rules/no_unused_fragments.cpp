// §5.5.1.4 Fragments Must Be Used.
#include <fmt/format.h>

#include <string_view>
#include <unordered_set>
#include <vector>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class no_unused_fragments_rule final : public rule {
public:
    using rule::rule;

    void leave_document() override {
        std::vector<const operation_definition*> operations;
        for (const definition* each : context_.document().definitions())
            if (const auto* operation = each->as_operation()) operations.push_back(operation);
        std::unordered_set<std::string_view> used;
        for (const auto* fragment : context_.reached_fragments(operations)) used.insert(fragment->name.text);
        for (const definition* each : context_.document().definitions())
            if (const auto* fragment = each->as_fragment(); fragment && !used.contains(fragment->name.text))
                report(fmt::format("Fragment \"{}\" is never used.", fragment->name.text), {fragment->offset});
    }
};

}  // namespace

std::unique_ptr<rule> no_unused_fragments(validation_context& context, const type_info& info) {
    return std::make_unique<no_unused_fragments_rule>(context, info);
}

}  // namespace croft::graphql
