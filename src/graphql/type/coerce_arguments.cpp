// Variables of a request, and arguments of a field: coerce_variables (§6.1.2), coerce_arguments (§6.4.1).
#include <fmt/format.h>

#include <algorithm>

#include "graphql/language/printer.hpp"
#include "graphql/type/coerce.hpp"
#include "graphql/type/inspect.hpp"

namespace croft::graphql {
namespace {

constexpr std::size_t most_errors = 50;

std::string path_text(const std::vector<path_step>& path) {
    std::string out;
    for (const path_step& step : path) {
        if (const auto* key = std::get_if<std::string>(&step))
            out += "." + *key;
        else
            out += fmt::format("[{}]", std::get<std::size_t>(step));
    }
    return out;
}

class variables_coercer {
public:
    variables_coercer(const schema& schema, const document& document, const json& given)
        : schema_(schema), document_(document), given_(given) {}

    std::expected<json_object, std::vector<graphql_error>> coerce(const operation_definition& operation) {
        for (const variable_definition& each : operation.variables) {
            coerce(each);
            if (errors_.size() > most_errors) {
                errors_.resize(most_errors);
                errors_.push_back(
                    {.message = "Too many errors processing variables, error limit reached. Execution aborted."});
                break;
            }
        }
        if (!errors_.empty()) return std::unexpected(std::move(errors_));
        return json_object(std::move(values_));
    }

private:
    void coerce(const variable_definition& definition) {
        const std::string name(definition.name.text);
        const type type = schema_.resolve(*definition.type);
        if (!type || !type.named().is_input())
            return fault(
                definition.type->offset,
                fmt::format("Variable \"${}\" expected value of type \"{}\" which cannot be used as an input type.",
                            name, print(*definition.type)));
        const json* given = given_.find(name);
        if (!given) {
            if (definition.default_value) return use_default(definition, type);
            if (type.is_non_null())
                fault(definition.offset,
                      fmt::format("Variable \"${}\" of required type \"{}\" was not provided.", name, to_string(type)));
            return;
        }
        if (given->is_null() && type.is_non_null())
            return fault(definition.offset, fmt::format("Variable \"${}\" of non-null type \"{}\" must not be null.",
                                                        name, to_string(type)));
        json read = coerce_json(*given, type, [&](const auto& path, const json& found, const std::string& message) {
            const std::string at = path.empty() ? "" : fmt::format(" at \"{}{}\"", name, path_text(path));
            if (errors_.size() <= most_errors)
                fault(definition.offset,
                      fmt::format("Variable \"${}\" got invalid value {}{}; {}", name, inspect(found), at, message));
        });
        values_.push_back({name, std::move(read)});
    }

    void use_default(const variable_definition& definition, const type& type) {
        auto read = value_from_literal(*definition.default_value, type);
        if (read)
            values_.push_back({std::string(definition.name.text), std::move(*read)});
        else
            fault(definition.default_value->offset,
                  fmt::format("Variable \"${}\" has the default value {}, which is no value of type \"{}\".",
                              definition.name.text, print(*definition.default_value), to_string(type)));
    }

    void fault(std::uint32_t offset, std::string message) {
        errors_.push_back({.message = std::move(message), .locations = {document_.locate(offset)}});
    }

    const schema& schema_;
    const document& document_;
    const json& given_;
    std::vector<json_member> values_;
    std::vector<graphql_error> errors_;
};

}  // namespace

std::expected<json_object, std::vector<graphql_error>> coerce_variables(const schema& schema, const document& document,
                                                                        const operation_definition& operation,
                                                                        const json& variables) {
    return variables_coercer(schema, document, variables).coerce(operation);
}

std::expected<json_object, graphql_error> coerce_arguments(const document& document,
                                                           const std::vector<input_value>& definitions,
                                                           list<argument> arguments, std::uint32_t offset,
                                                           const json_object& variables) {
    const auto fault = [&](std::uint32_t at, std::string message) {
        return std::unexpected(graphql_error{.message = std::move(message), .locations = {document.locate(at)}});
    };
    std::vector<json_member> values;
    for (const input_value& definition : definitions) {
        const auto* node = std::ranges::find(arguments, std::string_view(definition.name),
                                             [](const argument& each) { return each.name.text; });
        const bool given = node != arguments.end();
        const value* literal = given ? &node->value : nullptr;
        const bool absent_variable = given && literal->is(value_kind::variable) && !variables.contains(literal->text);
        if (!given || absent_variable) {
            if (definition.default_value)
                values.push_back({definition.name, *definition.default_value});
            else if (definition.type.is_non_null() && given)
                return fault(
                    literal->offset,
                    fmt::format("Argument \"{}\" of required type \"{}\" was provided the variable \"${}\" which "
                                "was not provided a runtime value.",
                                definition.name, to_string(definition.type), literal->text));
            else if (definition.type.is_non_null())
                return fault(offset, fmt::format("Argument \"{}\" of required type \"{}\" was not provided.",
                                                 definition.name, to_string(definition.type)));
            continue;
        }
        const json* variable = literal->is(value_kind::variable) ? variables.find(literal->text) : nullptr;
        const bool null = literal->is(value_kind::null) || (variable && variable->is_null());
        if (null && definition.type.is_non_null())
            return fault(literal->offset, fmt::format("Argument \"{}\" of non-null type \"{}\" must not be null.",
                                                      definition.name, to_string(definition.type)));
        auto read = value_from_literal(*literal, definition.type, &variables);
        if (!read)
            return fault(literal->offset,
                         fmt::format("Argument \"{}\" has invalid value {}.", definition.name, print(*literal)));
        values.push_back({definition.name, std::move(*read)});
    }
    return json_object(std::move(values));
}

}  // namespace croft::graphql
