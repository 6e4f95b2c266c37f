// §3.3: all types of a schema have names of their own.
#include <fmt/format.h>

#include <unordered_map>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class unique_type_names_rule final : public rule {
public:
    using rule::rule;

    void enter_definition(const definition& node) override {
        const auto* type = node.as_type();
        if (!type || node.extension) return;
        const name_node& name = type->name;
        if (context_.schema() && context_.schema()->type(name))
            return report(
                fmt::format("Type \"{}\" already exists in the schema. It cannot also be defined in this type "
                            "definition.",
                            name.text),
                {name.offset});
        const auto [known, is_new] = names_.emplace(name.text, name.offset);
        if (!is_new)
            report(fmt::format("There can be only one type named \"{}\".", name.text), {known->second, name.offset});
    }

private:
    std::unordered_map<std::string_view, std::uint32_t> names_;
};

}  // namespace

std::unique_ptr<rule> unique_type_names(validation_context& context, const type_info& info) {
    return std::make_unique<unique_type_names_rule>(context, info);
}

}  // namespace croft::graphql
