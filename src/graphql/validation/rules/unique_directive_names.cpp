// §3.13: directives differ in name.
#include <fmt/format.h>

#include <unordered_map>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class unique_directive_names_rule final : public rule {
public:
    using rule::rule;

    void enter_definition(const definition& node) override {
        const auto* directive = node.as_directive();
        if (!directive) return;
        const name_node& name = directive->name;
        if (context_.schema() && context_.schema()->directive(name))
            return report(
                fmt::format("Directive \"@{}\" already exists in the schema. It cannot be redefined.", name.text),
                {name.offset});
        const auto [known, is_new] = names_.emplace(name.text, name.offset);
        if (!is_new)
            report(fmt::format("There can be only one directive named \"@{}\".", name.text),
                   {known->second, name.offset});
    }

private:
    std::unordered_map<std::string_view, std::uint32_t> names_;
};

}  // namespace

std::unique_ptr<rule> unique_directive_names(validation_context& context, const type_info& info) {
    return std::make_unique<unique_directive_names_rule>(context, info);
}

}  // namespace croft::graphql
