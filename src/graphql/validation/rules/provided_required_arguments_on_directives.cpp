// §5.4.2.1 Required Arguments: of directives, in SDL.
#include <fmt/format.h>

#include <algorithm>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {

void check_required_arguments(validation_context& context, const directive& node) {
    const directive_type* known = context.directive(node.name);
    if (!known) return;
    for (const input_value& each : known->arguments) {
        const auto names_it = [&](const argument& given) { return given.name.text == each.name; };
        if (must_be_given(each) && std::ranges::none_of(node.arguments, names_it))
            context.report(
                fmt::format("Directive \"@{}\" argument \"{}\" of type \"{}\" is required, but it was not provided.",
                            node.name.text, each.name, each.type_name),
                {node.offset});
    }
}

namespace {

class provided_required_arguments_on_directives_rule final : public rule {
public:
    using rule::rule;

    void leave_directive(const directive& node) override { check_required_arguments(context_, node); }
};

}  // namespace

std::unique_ptr<rule> provided_required_arguments_on_directives(validation_context& context, const type_info& info) {
    return std::make_unique<provided_required_arguments_on_directives_rule>(context, info);
}

}  // namespace croft::graphql
