// §5.5.2.3 Fragment Spread Is Possible: some object must be of both types.
#include <fmt/format.h>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class possible_fragment_spreads_rule final : public rule {
public:
    using rule::rule;

    void enter_inline(const inline_fragment& node) override {
        if (info_.type && impossible(info_.type.named()))
            report(fmt::format("Fragment cannot be spread here as objects of type \"{}\" can never be of type \"{}\".",
                               info_.parent->name, info_.type.named().name),
                   {node.offset});
    }
    void enter_spread(const fragment_spread& node) override {
        const auto* fragment = context_.fragment(node.name);
        const named_type* type = fragment ? the_schema().type(fragment->type_condition) : nullptr;
        if (type && impossible(*type))
            report(fmt::format("Fragment \"{}\" cannot be spread here as objects of type \"{}\" can never be of type "
                               "\"{}\".",
                               node.name.text, info_.parent->name, type->name),
                   {node.offset});
    }

private:
    bool impossible(const named_type& type) const {
        return info_.parent && type.is_composite() && !schema::overlap(*info_.parent, type);
    }
};

}  // namespace

std::unique_ptr<rule> possible_fragment_spreads(validation_context& context, const type_info& info) {
    return std::make_unique<possible_fragment_spreads_rule>(context, info);
}

}  // namespace croft::graphql
