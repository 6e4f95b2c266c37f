// §3.9 Enums: the values of an enum and its extensions differ.
#include <fmt/format.h>

#include <unordered_map>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class unique_enum_value_names_rule final : public rule {
public:
    using rule::rule;

    void enter_definition(const definition& node) override {
        const auto* type = node.as_type();
        if (!type) return;
        const named_type* existing = context_.schema() ? context_.schema()->type(type->name) : nullptr;
        auto& known = values_[type->name.text];
        for (const enum_value_node& each : type->values) {
            const std::string_view name = each.name;
            if (existing && existing->value(name)) {
                report(fmt::format(
                           "Enum value \"{}.{}\" already exists in the schema. It cannot also be defined in this type "
                           "extension.",
                           type->name.text, name),
                       {each.name.offset});
                continue;
            }
            const auto [first, is_new] = known.emplace(name, each.name.offset);
            if (!is_new)
                report(fmt::format("Enum value \"{}.{}\" can only be defined once.", type->name.text, name),
                       {first->second, each.name.offset});
        }
    }

private:
    std::unordered_map<std::string_view, std::unordered_map<std::string_view, std::uint32_t>> values_;
};

}  // namespace

std::unique_ptr<rule> unique_enum_value_names(validation_context& context, const type_info& info) {
    return std::make_unique<unique_enum_value_names_rule>(context, info);
}

}  // namespace croft::graphql
