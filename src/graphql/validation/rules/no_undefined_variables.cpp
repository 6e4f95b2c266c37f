// §5.8.3 All Variable Uses Defined: by every operation that reaches the use.
#include <fmt/format.h>

#include <string_view>
#include <unordered_set>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class no_undefined_variables_rule final : public rule {
public:
    using rule::rule;

    void leave_operation(const operation_definition& node) override {
        std::unordered_set<std::string_view> defined;
        for (const variable_definition& each : node.variables) defined.insert(each.name.text);
        const std::string by = node.name ? fmt::format(" by operation \"{}\"", node.name.text) : "";
        for (const variable_usage& each : context_.all_variables(node))
            if (!defined.contains(each.node->text))
                report(fmt::format("Variable \"${}\" is not defined{}.", each.node->text, by),
                       {each.node->offset, node.offset});
    }
};

}  // namespace

std::unique_ptr<rule> no_undefined_variables(validation_context& context, const type_info& info) {
    return std::make_unique<no_undefined_variables_rule>(context, info);
}

}  // namespace croft::graphql
