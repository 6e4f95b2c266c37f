// Where a directive may stand (spec §3.13).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace croft::graphql {

enum class directive_location : std::uint8_t {
    query,
    mutation,
    subscription,
    field,
    fragment_definition,
    fragment_spread,
    inline_fragment,
    variable_definition,
    schema,
    scalar,
    object,
    field_definition,
    argument_definition,
    interface,
    union_,
    enum_,
    enum_value,
    input_object,
    input_field_definition
};

inline constexpr std::array<std::string_view, 19> directive_location_names = {"QUERY",
                                                                              "MUTATION",
                                                                              "SUBSCRIPTION",
                                                                              "FIELD",
                                                                              "FRAGMENT_DEFINITION",
                                                                              "FRAGMENT_SPREAD",
                                                                              "INLINE_FRAGMENT",
                                                                              "VARIABLE_DEFINITION",
                                                                              "SCHEMA",
                                                                              "SCALAR",
                                                                              "OBJECT",
                                                                              "FIELD_DEFINITION",
                                                                              "ARGUMENT_DEFINITION",
                                                                              "INTERFACE",
                                                                              "UNION",
                                                                              "ENUM",
                                                                              "ENUM_VALUE",
                                                                              "INPUT_OBJECT",
                                                                              "INPUT_FIELD_DEFINITION"};

constexpr std::string_view to_string(directive_location location) {
    return directive_location_names[static_cast<std::size_t>(location)];
}

constexpr std::optional<directive_location> directive_location_of(std::string_view name) {
    for (std::size_t i = 0; i < directive_location_names.size(); ++i)
        if (directive_location_names[i] == name) return static_cast<directive_location>(i);
    return std::nullopt;
}

}  // namespace croft::graphql
