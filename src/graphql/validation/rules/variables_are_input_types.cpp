// §5.8.2 Variables Are Input Types.
#include <fmt/format.h>

#include "graphql/language/printer.hpp"
#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class variables_are_input_types_rule final : public rule {
public:
    using rule::rule;

    void enter_variable(const variable_definition& node) override {
        const named_type* type = the_schema().type(node.type->innermost().name);
        if (type && !type->is_input())
            report(fmt::format("Variable \"${}\" cannot be non-input type \"{}\".", node.name.text, print(*node.type)),
                   {node.type->offset});
    }
};

}  // namespace

std::unique_ptr<rule> variables_are_input_types(validation_context& context, const type_info& info) {
    return std::make_unique<variables_are_input_types_rule>(context, info);
}

}  // namespace croft::graphql
