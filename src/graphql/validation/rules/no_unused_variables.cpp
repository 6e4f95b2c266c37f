// §5.8.4 All Variables Used.
#include <fmt/format.h>

#include <string_view>
#include <unordered_set>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class no_unused_variables_rule final : public rule {
public:
    using rule::rule;

    void leave_operation(const operation_definition& node) override {
        std::unordered_set<std::string_view> used;
        for (const variable_usage& each : context_.all_variables(node)) used.insert(each.node->text);
        const std::string in = node.name ? fmt::format(" in operation \"{}\"", node.name.text) : "";
        for (const variable_definition& each : node.variables)
            if (!used.contains(each.name.text))
                report(fmt::format("Variable \"${}\" is never used{}.", each.name.text, in), {each.offset});
    }
};

}  // namespace

std::unique_ptr<rule> no_unused_variables(validation_context& context, const type_info& info) {
    return std::make_unique<no_unused_variables_rule>(context, info);
}

}  // namespace croft::graphql
