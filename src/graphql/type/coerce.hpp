// Input coercion (spec §3.5–3.12 "Input Coercion", §6.1.2, §6.4.1): literals and variables become JSON values that fit
// their type: defaults filled in, single items made lists, IDs made strings, enums kept as their names.
//
//     auto variables = coerce_variables(schema, document, *document.operation(), request_variables);
//     if (!variables) return to_json(variables.error());
//     auto arguments = coerce_arguments(document, field->arguments, node.arguments, node.offset, *variables);
//
// Any thread.
#pragma once

#include <expected>
#include <functional>
#include <optional>

#include "graphql/language/document.hpp"
#include "graphql/type/schema.hpp"

namespace croft::graphql {

/// What a literal of a valid document stands for; none when it doesn't fit `type` (or names a variable that was not
/// given).
std::optional<json> value_from_literal(const value& literal, const type& type, const json_object* variables = nullptr);

/// A literal as JSON, without a type: what a custom scalar is given.
json untyped_value(const value& literal, const json_object* variables = nullptr);

/// The number that an Int or Float literal writes: infinite when it is too large, 0 when it is too small.
double double_of_literal(std::string_view digits);

/// A JSON value from outside, for `type`. Each fault is reported with the path to it, the value found there, and what
/// is wrong; null is returned then.
using input_fault =
    std::function<void(const std::vector<path_step>& path, const json& found, const std::string& message)>;
json coerce_json(const json& value, const type& type, const input_fault& report);

/// §6.1.2 CoerceVariableValues. `variables` is the request's object (null counts as empty). What was neither given nor
/// has a default is absent from the result. Every fault is reported, up to 50.
std::expected<json_object, std::vector<graphql_error>> coerce_variables(const schema& schema, const document& document,
                                                                        const operation_definition& operation,
                                                                        const json& variables);

/// §6.4.1 CoerceArgumentValues; `offset` is that of the field or directive, for what is missing.
std::expected<json_object, graphql_error> coerce_arguments(const document& document,
                                                           const std::vector<input_value>& definitions,
                                                           list<argument> arguments, std::uint32_t offset,
                                                           const json_object& variables);

}  // namespace croft::graphql
