// §5.4.1 Argument Names: of directives, in SDL.
#include <fmt/format.h>

#include "graphql/suggestions.hpp"
#include "graphql/validation/rules.hpp"

namespace croft::graphql {

void check_directive_arguments(validation_context& context, const directive& node) {
    const directive_type* known = context.directive(node.name);
    if (!known) return;
    for (const argument& each : node.arguments)
        if (!known->argument(each.name))
            context.report(
                fmt::format("Unknown argument \"{}\" on directive \"@{}\".{}", each.name.text, node.name.text,
                            did_you_mean(suggestions(each.name, names_of(known->arguments)))),
                {each.name.offset});
}

namespace {

class known_argument_names_on_directives_rule final : public rule {
public:
    using rule::rule;

    void enter_directive(const directive& node) override { check_directive_arguments(context_, node); }
};

}  // namespace

std::unique_ptr<rule> known_argument_names_on_directives(validation_context& context, const type_info& info) {
    return std::make_unique<known_argument_names_on_directives_rule>(context, info);
}

}  // namespace croft::graphql
