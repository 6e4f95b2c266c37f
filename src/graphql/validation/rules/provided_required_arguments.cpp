// §5.4.2.1 Required Arguments: of fields, and of directives.
#include <fmt/format.h>

#include <algorithm>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class provided_required_arguments_rule final : public rule {
public:
    using rule::rule;

    void leave_field(const field& node) override {
        if (!info_.field) return;
        for (const input_value& each : info_.field->arguments) {
            const auto names_it = [&](const argument& given) { return given.name.text == each.name; };
            if (each.required() && std::ranges::none_of(node.arguments, names_it))
                report(fmt::format("Field \"{}\" argument \"{}\" of type \"{}\" is required, but it was not provided.",
                                   node.name.text, each.name, to_string(each.type)),
                       {node.offset});
        }
    }
    void leave_directive(const directive& node) override { check_required_arguments(context_, node); }
};

}  // namespace

std::unique_ptr<rule> provided_required_arguments(validation_context& context, const type_info& info) {
    return std::make_unique<provided_required_arguments_rule>(context, info);
}

}  // namespace croft::graphql
