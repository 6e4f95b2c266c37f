// Not of the specification, and off unless asked for: a server that keeps its schema to itself.
#include <fmt/format.h>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class no_schema_introspection_rule final : public rule {
public:
    using rule::rule;

    void enter_field(const field& node) override {
        if (info_.type && info_.type.named().built_in && info_.type.named().name.starts_with("__"))
            report(fmt::format(
                       "GraphQL introspection has been disabled, but the requested query contained the field \"{}\".",
                       node.name.text),
                   {node.offset});
    }
};

}  // namespace

std::unique_ptr<rule> no_schema_introspection(validation_context& context, const type_info& info) {
    return std::make_unique<no_schema_introspection_rule>(context, info);
}

}  // namespace croft::graphql
