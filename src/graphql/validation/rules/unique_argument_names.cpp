// §5.4.2 Argument Uniqueness.
#include <fmt/format.h>

#include <map>
#include <vector>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class unique_argument_names_rule final : public rule {
public:
    using rule::rule;

    void enter_field(const field& node) override { check(node.arguments); }
    void enter_directive(const directive& node) override { check(node.arguments); }

private:
    void check(list<argument> arguments) {
        if (arguments.size() < 2) return;
        std::map<std::string_view, std::vector<std::uint32_t>> places;
        for (const argument& each : arguments) places[each.name.text].push_back(each.name.offset);
        for (const auto& [name, offsets] : places)
            if (offsets.size() > 1)
                context_.report(fmt::format("There can be only one argument named \"{}\".", name), offsets);
    }
};

}  // namespace

std::unique_ptr<rule> unique_argument_names(validation_context& context, const type_info& info) {
    return std::make_unique<unique_argument_names_rule>(context, info);
}

}  // namespace croft::graphql
