// §3.6.1 Field Arguments, §3.13: the arguments of a field or directive differ.
#include <fmt/format.h>

#include <map>
#include <vector>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class unique_argument_definition_names_rule final : public rule {
public:
    using rule::rule;

    void enter_definition(const definition& node) override {
        if (const auto* directive = node.as_directive())
            check(fmt::format("@{}", directive->name.text), directive->arguments);
        const auto* type = node.as_type();
        if (!type) return;
        for (const field_definition_node& each : type->fields)
            check(fmt::format("{}.{}", type->name.text, each.name.text), each.arguments);
    }

private:
    void check(const std::string& owner, list<input_value_definition> arguments) {
        std::map<std::string_view, std::vector<std::uint32_t>> places;
        for (const input_value_definition& each : arguments) places[each.name.text].push_back(each.name.offset);
        for (const auto& [name, offsets] : places)
            if (offsets.size() > 1)
                context_.report(fmt::format("Argument \"{}({}:)\" can only be defined once.", owner, name), offsets);
    }
};

}  // namespace

std::unique_ptr<rule> unique_argument_definition_names(validation_context& context, const type_info& info) {
    return std::make_unique<unique_argument_definition_names_rule>(context, info);
}

}  // namespace croft::graphql
