// §5.2.2.1 Lone Anonymous Operation: an operation without a name must be the only one.
#include <fmt/format.h>

#include <algorithm>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class lone_anonymous_operation_rule final : public rule {
public:
    using rule::rule;

    void enter_document() override {
        operations_ = std::ranges::count_if(context_.document().definitions(),
                                            [](const definition* each) { return each->as_operation() != nullptr; });
    }
    void enter_operation(const operation_definition& node) override {
        if (!node.name && operations_ > 1)
            report("This anonymous operation must be the only defined operation.", {node.offset});
    }

private:
    std::ptrdiff_t operations_ = 0;
};

}  // namespace

std::unique_ptr<rule> lone_anonymous_operation(validation_context& context, const type_info& info) {
    return std::make_unique<lone_anonymous_operation_rule>(context, info);
}

}  // namespace croft::graphql
