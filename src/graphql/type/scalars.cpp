// The scalars of §3.5 and what each accepts as input: from JSON variables, and from literals.
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "graphql/language/printer.hpp"
#include "graphql/type/built_in.hpp"
#include "graphql/type/coerce.hpp"
#include "graphql/type/inspect.hpp"

namespace croft::graphql {
namespace {

using answer = scalar_input::answer;

std::unexpected<std::string> refuse(const char* scalar_cannot_represent, const std::string& value) {
    return std::unexpected(fmt::format("{}: {}", scalar_cannot_represent, value));
}

constexpr const char* not_integer = "Int cannot represent non-integer value";
constexpr const char* not_32_bit = "Int cannot represent non 32-bit signed integer value";
constexpr const char* not_numeric = "Float cannot represent non numeric value";
constexpr const char* not_string = "String cannot represent a non string value";
constexpr const char* not_boolean = "Boolean cannot represent a non boolean value";

bool is_whole(const json& value) {
    return value.is_integer() || (value.is_number() && std::trunc(value.number()) == value.number());
}

answer int_from_json(const json& value) {
    if (!is_whole(value)) return refuse(not_integer, inspect(value));
    const double number = value.number();
    using limits = std::numeric_limits<std::int32_t>;
    if (number < limits::min() || number > limits::max()) return refuse(not_32_bit, inspect(value));
    return json(static_cast<std::int64_t>(number));
}

answer int_from_literal(const value& literal) {
    if (!literal.is(value_kind::integer)) return refuse(not_integer, print(literal));
    std::int32_t number = 0;
    const auto* end = literal.text.data() + literal.text.size();
    if (std::from_chars(literal.text.data(), end, number).ec != std::errc{})
        return refuse(not_32_bit, std::string(literal.text));
    return json(number);
}

answer float_from_json(const json& value) {
    if (!value.is_number() || !std::isfinite(value.number())) return refuse(not_numeric, inspect(value));
    return value;
}

answer float_from_literal(const value& literal) {
    if (!literal.is(value_kind::integer) && !literal.is(value_kind::floating))
        return refuse(not_numeric, print(literal));
    const double number = double_of_literal(literal.text);
    if (!std::isfinite(number)) return refuse(not_numeric, print(literal));
    return json(number);
}

answer string_from_json(const json& value) {
    return value.is_string() ? answer(value) : refuse(not_string, inspect(value));
}
answer string_from_literal(const value& literal) {
    return literal.is(value_kind::string) ? answer(literal.text) : refuse(not_string, print(literal));
}

answer boolean_from_json(const json& value) {
    return value.is_boolean() ? answer(value) : refuse(not_boolean, inspect(value));
}
answer boolean_from_literal(const value& literal) {
    return literal.is(value_kind::boolean) ? answer(literal.truth()) : refuse(not_boolean, print(literal));
}

answer id_from_json(const json& value) {
    if (value.is_string()) return value;
    if (value.is_integer()) return json(std::to_string(value.integer()));
    if (value.is_number() && is_whole(value)) return json(fmt::format("{:.0f}", value.number()));
    return refuse("ID cannot represent value", inspect(value));
}
answer id_from_literal(const value& literal) {
    if (literal.is(value_kind::string) || literal.is(value_kind::integer)) return json(literal.text);
    return refuse("ID cannot represent a non-string and non-integer value", print(literal));
}

named_type scalar(const char* name, const char* description, scalar_input input) {
    return {.kind = type_kind::scalar, .name = name, .description = description, .input = input, .built_in = true};
}

}  // namespace

const std::vector<named_type>& built_in_scalars() {
    static const std::vector<named_type> scalars = {
        scalar("Int", "A whole number between -(2^31) and 2^31 - 1.", {int_from_json, int_from_literal}),
        scalar("Float", "A number with a fraction, in double precision as IEEE 754 specifies it.",
               {float_from_json, float_from_literal}),
        scalar("String", "Text, as a sequence of Unicode characters.", {string_from_json, string_from_literal}),
        scalar("Boolean", "`true` or `false`.", {boolean_from_json, boolean_from_literal}),
        scalar("ID",
               "A unique identifier, used to fetch an object again or as the key of a cache. It is written as a "
               "String, but "
               "isn't meant to be read by people; as input, a string (`\"4\"`) or a whole number (`4`) is accepted.",
               {id_from_json, id_from_literal})};
    return scalars;
}

}  // namespace croft::graphql
