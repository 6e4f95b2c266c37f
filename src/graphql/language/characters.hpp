// Characters of GraphQL's grammar (spec §2.1.7–2.1.9) and the little of UTF-8 that the lexer and printer need.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace croft::graphql {

constexpr bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
constexpr bool is_name_start(unsigned char c) { return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_'; }
constexpr bool is_name_continue(unsigned char c) { return is_name_start(c) || is_digit(c); }

/// Its value, or -1.
constexpr int hex_digit(unsigned char c) {
    if (is_digit(c)) return c - '0';
    const int letter = c | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/// Whether `text` is a Name (§2.1.9).
bool is_name(std::string_view text);

/// Bytes of the well-formed UTF-8 character at `offset`, 0 when there is none.
std::uint32_t utf8_length(std::string_view text, std::size_t offset);
std::uint32_t utf8_decode(std::string_view character);
void utf8_append(std::string& out, std::uint32_t code_point);
/// Length in UTF-16 code units, in which other implementations measure.
std::size_t utf16_length(std::string_view text);

/// Not a surrogate, and within Unicode (§2.1.1).
constexpr bool is_scalar_value(std::uint32_t code) { return code < 0xD800 || (code >= 0xE000 && code <= 0x10FFFF); }

}  // namespace croft::graphql
