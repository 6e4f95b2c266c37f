// Not of the specification, and off unless asked for: uses of what the schema marks as deprecated (§3.13.3).
#include <fmt/format.h>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class no_deprecated_rule final : public rule {
public:
    using rule::rule;

    void enter_field(const field& node) override {
        if (!info_.field || !info_.parent) return;
        if (info_.field->deprecation)
            report(fmt::format("The field {}.{} is deprecated. {}", info_.parent->name, info_.field->name,
                               *info_.field->deprecation),
                   {node.offset});
        for (const argument& each : node.arguments)
            check_argument(info_.field->argument(each.name), each,
                           fmt::format("Field \"{}.{}\"", info_.parent->name, info_.field->name));
    }
    void enter_directive(const directive& node) override {
        if (!info_.directive) return;
        for (const argument& each : node.arguments)
            check_argument(info_.directive->argument(each.name), each,
                           fmt::format("Directive \"@{}\"", node.name.text));
    }
    void enter_input(const value& node, const type& expected, bool) override {
        if (expected) check(node, expected.named());
    }

private:
    void check_argument(const input_value* definition, const argument& node, const std::string& owner) {
        if (definition && definition->deprecation)
            report(fmt::format("{} argument \"{}\" is deprecated. {}", owner, node.name.text, *definition->deprecation),
                   {node.name.offset});
    }

    void check(const value& node, const named_type& type) {
        for (const value& each : node.items) check(each, type);
        if (node.is(value_kind::enumeration)) {
            const enum_value* known = type.value(node.text);
            if (known && known->deprecation)
                report(fmt::format("The enum value \"{}.{}\" is deprecated. {}", type.name, known->name,
                                   *known->deprecation),
                       {node.offset});
        }
        for (const object_field& each : node.fields) {
            const input_value* known = type.input_field(each.name);
            if (!known) continue;
            if (known->deprecation)
                report(
                    fmt::format("The input field {}.{} is deprecated. {}", type.name, known->name, *known->deprecation),
                    {each.name.offset});
            check(each.value, known->type.named());
        }
    }
};

}  // namespace

std::unique_ptr<rule> no_deprecated(validation_context& context, const type_info& info) {
    return std::make_unique<no_deprecated_rule>(context, info);
}

}  // namespace croft::graphql
