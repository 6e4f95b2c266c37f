// §3.3.1 Root Operation Types: each is said once.
#include <fmt/format.h>

#include <optional>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class unique_operation_types_rule final : public rule {
public:
    using rule::rule;

    void enter_definition(const definition& node) override {
        const auto* schema_node = node.as_schema();
        if (!schema_node) return;
        for (const root_operation_definition& each : schema_node->operations) {
            auto& known = known_[static_cast<std::size_t>(each.operation)];
            if (context_.schema() && context_.schema()->root(each.operation))
                report(fmt::format("Type for {} already defined in the schema. It cannot be redefined.",
                                   to_string(each.operation)),
                       {each.offset});
            else if (known)
                report(fmt::format("There can be only one {} type in schema.", to_string(each.operation)),
                       {*known, each.offset});
            else
                known = each.offset;
        }
    }

private:
    std::optional<std::uint32_t> known_[3];
};

}  // namespace

std::unique_ptr<rule> unique_operation_types(validation_context& context, const type_info& info) {
    return std::make_unique<unique_operation_types_rule>(context, info);
}

}  // namespace croft::graphql
