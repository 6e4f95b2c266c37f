// §5.4.1 Argument Names: of fields, and of directives.
#include <fmt/format.h>

#include "graphql/suggestions.hpp"
#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class known_argument_names_rule final : public rule {
public:
    using rule::rule;

    void enter_field(const field& node) override {
        if (!info_.field || !info_.parent) return;
        for (const argument& each : node.arguments)
            if (!info_.field->argument(each.name))
                report(fmt::format("Unknown argument \"{}\" on field \"{}.{}\".{}", each.name.text, info_.parent->name,
                                   info_.field->name,
                                   did_you_mean(suggestions(each.name, names_of(info_.field->arguments)))),
                       {each.name.offset});
    }
    void enter_directive(const directive& node) override { check_directive_arguments(context_, node); }
};

}  // namespace

std::unique_ptr<rule> known_argument_names(validation_context& context, const type_info& info) {
    return std::make_unique<known_argument_names_rule>(context, info);
}

}  // namespace croft::graphql
