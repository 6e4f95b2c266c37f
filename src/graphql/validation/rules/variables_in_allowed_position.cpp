// §5.8.5 All Variable Usages Are Allowed.
#include <fmt/format.h>

#include <unordered_map>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class variables_in_allowed_position_rule final : public rule {
public:
    using rule::rule;

    void leave_operation(const operation_definition& node) override {
        std::unordered_map<std::string_view, const variable_definition*> defined;
        for (const variable_definition& each : node.variables) defined.insert_or_assign(each.name.text, &each);
        for (const variable_usage& usage : context_.all_variables(node)) {
            const auto definition = defined.find(usage.node->text);
            if (definition == defined.end() || !usage.expected) continue;
            const type type = the_schema().resolve(*definition->second->type);
            if (type && !allowed(usage, type, definition->second->default_value))
                report(fmt::format("Variable \"${}\" of type \"{}\" used in position expecting type \"{}\".",
                                   usage.node->text, to_string(type), to_string(usage.expected)),
                       {definition->second->offset, usage.node->offset});
        }
    }

private:
    /// IsVariableUsageAllowed
    static bool allowed(const variable_usage& usage, const type& type, const value* default_value) {
        if (!usage.expected.is_non_null() || type.is_non_null()) return schema::is_subtype(type, usage.expected);
        const bool has_default = default_value && !default_value->is(value_kind::null);
        return (has_default || usage.place_has_default) && schema::is_subtype(type, usage.expected.nullable());
    }
};

}  // namespace

std::unique_ptr<rule> variables_in_allowed_position(validation_context& context, const type_info& info) {
    return std::make_unique<variables_in_allowed_position_rule>(context, info);
}

}  // namespace croft::graphql
