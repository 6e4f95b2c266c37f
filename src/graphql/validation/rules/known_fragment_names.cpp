// §5.5.2.1 Fragment Spread Target Defined.
#include <fmt/format.h>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class known_fragment_names_rule final : public rule {
public:
    using rule::rule;

    void enter_spread(const fragment_spread& node) override {
        if (!context_.fragment(node.name))
            report(fmt::format("Unknown fragment \"{}\".", node.name.text), {node.name.offset});
    }
};

}  // namespace

std::unique_ptr<rule> known_fragment_names(validation_context& context, const type_info& info) {
    return std::make_unique<known_fragment_names_rule>(context, info);
}

}  // namespace croft::graphql
