// §5.6.1 Values of Correct Type, §5.6.2 Input Object Field Names, §5.6.4 Input Object Required Fields.
#include <fmt/format.h>

#include <unordered_map>

#include "graphql/language/printer.hpp"
#include "graphql/suggestions.hpp"
#include "graphql/type/coerce.hpp"
#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class values_of_correct_type_rule final : public rule {
public:
    using rule::rule;

    void enter_operation(const operation_definition& node) override {
        variables_.clear();
        for (const variable_definition& each : node.variables) variables_.emplace(each.name.text, &each);
    }
    void enter_input(const value& node, const type& expected, bool) override {
        if (expected) check(node, expected);
    }

private:
    void check(const value& node, const type& expected) {
        if (node.is(value_kind::variable)) return;  // VariablesInAllowedPosition
        if (node.is(value_kind::null)) {
            if (expected.is_non_null())
                report(fmt::format("Expected value of type \"{}\", found null.", to_string(expected)), {node.offset});
            return;
        }
        const type nullable = expected.nullable();
        if (node.is(value_kind::list) && nullable.is_list()) {
            for (const value& each : node.items) check(each, nullable.inner());
        } else if (node.is(value_kind::object) && nullable.named().is(type_kind::input_object)) {
            check_object(node, nullable.named());
        } else {
            check_leaf(node, expected);
        }
    }

    void check_object(const value& node, const named_type& type) {
        std::unordered_map<std::string_view, const object_field*> given;
        for (const object_field& each : node.fields) given.emplace(each.name.text, &each);
        for (const input_value& each : type.input_fields)
            if (each.required() && !given.contains(each.name))
                report(fmt::format("Field \"{}.{}\" of required type \"{}\" was not provided.", type.name, each.name,
                                   to_string(each.type)),
                       {node.offset});
        if (type.one_of) check_one_of(node, type);
        for (const object_field& each : node.fields) {
            if (const input_value* field = type.input_field(each.name))
                check(each.value, field->type);
            else
                report(fmt::format("Field \"{}\" is not defined by type \"{}\".{}", each.name.text, type.name,
                                   did_you_mean(suggestions(each.name, names_of(type.input_fields)))),
                       {each.name.offset});
        }
    }

    void check_one_of(const value& node, const named_type& type) {
        if (node.fields.size() != 1)
            return report(fmt::format("OneOf Input Object \"{}\" must specify exactly one key.", type.name),
                          {node.offset});
        const object_field& only = node.fields.front();
        if (only.value.is(value_kind::null))
            report(fmt::format("Field \"{}.{}\" must be non-null.", type.name, only.name.text), {node.offset});
        if (!only.value.is(value_kind::variable)) return;
        const auto definition = variables_.find(only.value.text);
        if (definition != variables_.end() && definition->second->type->kind != type_ref_kind::non_null)
            report(fmt::format("Variable \"{}\" must be non-nullable to be used for OneOf Input Object \"{}\".",
                               only.value.text, type.name),
                   {node.offset});
    }

    void check_leaf(const value& node, const type& expected) {
        const named_type& named = expected.named();
        if (named.is(type_kind::enum_)) return check_enum(node, named);
        if (!named.is(type_kind::scalar))
            return report(fmt::format("Expected value of type \"{}\", found {}.", to_string(expected), print(node)),
                          {node.offset});
        scalar_input::answer read;
        if (named.input.from_literal)
            read = named.input.from_literal(node);
        else if (named.input.from_json)
            read = named.input.from_json(untyped_value(node));
        if (read) return;
        std::string message = read.error();
        if (!named.built_in)
            message =
                fmt::format("Expected value of type \"{}\", found {}; {}", to_string(expected), print(node), message);
        report(std::move(message), {node.offset});
    }

    void check_enum(const value& node, const named_type& type) {
        if (node.is(value_kind::enumeration) && type.value(node.text)) return;
        const std::string shown = print(node);
        const std::string hint = did_you_mean(suggestions(shown, names_of(type.values)), "the enum value");
        if (node.is(value_kind::enumeration))
            report(fmt::format("Value \"{}\" does not exist in \"{}\" enum.{}", shown, type.name, hint), {node.offset});
        else
            report(fmt::format("Enum \"{}\" cannot represent non-enum value: {}.{}", type.name, shown, hint),
                   {node.offset});
    }

    std::unordered_map<std::string_view, const variable_definition*> variables_;
};

}  // namespace

std::unique_ptr<rule> values_of_correct_type(validation_context& context, const type_info& info) {
    return std::make_unique<values_of_correct_type_rule>(context, info);
}

}  // namespace croft::graphql
