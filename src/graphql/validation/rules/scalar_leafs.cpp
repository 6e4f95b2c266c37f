// §5.3.3 Leaf Field Selections: scalars and enums end a query, everything else must not.
#include <fmt/format.h>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class scalar_leafs_rule final : public rule {
public:
    using rule::rule;

    void enter_field(const field& node) override {
        if (!info_.type) return;
        const std::string type = to_string(info_.type);
        if (info_.type.named().is_leaf()) {
            if (node.selections)
                report(fmt::format("Field \"{}\" must not have a selection since type \"{}\" has no subfields.",
                                   node.name.text, type),
                       {node.selections->offset});
        } else if (!node.selections) {
            report(fmt::format(
                       "Field \"{0}\" of type \"{1}\" must have a selection of subfields. Did you mean \"{0} {{ ... "
                       "}}\"?",
                       node.name.text, type),
                   {node.offset});
        }
    }
};

}  // namespace

std::unique_ptr<rule> scalar_leafs(validation_context& context, const type_info& info) {
    return std::make_unique<scalar_leafs_rule>(context, info);
}

}  // namespace croft::graphql
