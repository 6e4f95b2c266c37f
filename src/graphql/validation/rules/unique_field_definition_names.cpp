// §3.6, §3.7, §3.10: the fields of a type and its extensions differ.
#include <fmt/format.h>

#include <unordered_map>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class unique_field_definition_names_rule final : public rule {
public:
    using rule::rule;

    void enter_definition(const definition& node) override {
        const auto* type = node.as_type();
        if (!type) return;
        for (const field_definition_node& each : type->fields) check(*type, each.name);
        for (const input_value_definition& each : type->input_fields) check(*type, each.name);
    }

private:
    void check(const type_definition& type, const name_node& name) {
        const named_type* existing = context_.schema() ? context_.schema()->type(type.name) : nullptr;
        if (existing && (existing->field(name) || existing->input_field(name)))
            return report(
                fmt::format("Field \"{}.{}\" already exists in the schema. It cannot also be defined in this type "
                            "extension.",
                            type.name.text, name.text),
                {name.offset});
        const auto [first, is_new] = fields_[type.name.text].emplace(name.text, name.offset);
        if (!is_new)
            report(fmt::format("Field \"{}.{}\" can only be defined once.", type.name.text, name.text),
                   {first->second, name.offset});
    }

    std::unordered_map<std::string_view, std::unordered_map<std::string_view, std::uint32_t>> fields_;
};

}  // namespace

std::unique_ptr<rule> unique_field_definition_names(validation_context& context, const type_info& info) {
    return std::make_unique<unique_field_definition_names_rule>(context, info);
}

}  // namespace croft::graphql
