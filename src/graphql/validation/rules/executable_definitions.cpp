// §5.1.1 Executable Definitions: a document to be executed defines no types.
#include <fmt/format.h>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class executable_definitions_rule final : public rule {
public:
    using rule::rule;

    void enter_definition(const definition& node) override {
        if (node.executable()) return;
        std::string what = "schema";
        if (const auto* type = node.as_type()) what = fmt::format("\"{}\"", type->name.text);
        if (const auto* directive = node.as_directive()) what = fmt::format("\"{}\"", directive->name.text);
        report(fmt::format("The {} definition is not executable.", what), {node.offset});
    }
};

}  // namespace

std::unique_ptr<rule> executable_definitions(validation_context& context, const type_info& info) {
    return std::make_unique<executable_definitions_rule>(context, info);
}

}  // namespace croft::graphql
