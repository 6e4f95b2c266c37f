// §5.5.1.3 Fragments on Composite Types: objects, interfaces and unions.
#include <fmt/format.h>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class fragments_on_composite_types_rule final : public rule {
public:
    using rule::rule;

    void enter_inline(const inline_fragment& node) override {
        if (node.type_condition && is_leaf_or_input(node.type_condition))
            report(fmt::format("Fragment cannot condition on non composite type \"{}\".", node.type_condition.text),
                   {node.type_condition.offset});
    }
    void enter_fragment(const fragment_definition& node) override {
        if (is_leaf_or_input(node.type_condition))
            report(fmt::format("Fragment \"{}\" cannot condition on non composite type \"{}\".", node.name.text,
                               node.type_condition.text),
                   {node.type_condition.offset});
    }

private:
    bool is_leaf_or_input(std::string_view name) const {
        const named_type* type = the_schema().type(name);
        return type && !type->is_composite();
    }
};

}  // namespace

std::unique_ptr<rule> fragments_on_composite_types(validation_context& context, const type_info& info) {
    return std::make_unique<fragments_on_composite_types_rule>(context, info);
}

}  // namespace croft::graphql
