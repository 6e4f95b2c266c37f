// §5.7.1 Directives Are Defined, and §5.7.2 Directives Are in Valid Locations.
#include <fmt/format.h>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class known_directives_rule final : public rule {
public:
    using rule::rule;

    void enter_directives(list<directive> nodes, directive_location location, const definition*) override {
        for (const directive& each : nodes) {
            const directive_type* known = context_.directive(each.name);
            if (!known)
                report(fmt::format("Unknown directive \"@{}\".", each.name.text), {each.offset});
            else if (!known->allows(location))
                report(fmt::format("Directive \"@{}\" may not be used on {}.", each.name.text, to_string(location)),
                       {each.offset});
        }
    }
};

}  // namespace

std::unique_ptr<rule> known_directives(validation_context& context, const type_info& info) {
    return std::make_unique<known_directives_rule>(context, info);
}

}  // namespace croft::graphql
