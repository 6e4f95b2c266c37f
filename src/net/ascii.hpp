// ASCII comparisons as HTTP needs them, regardless of the locale. Any thread.
#pragma once

#include <algorithm>
#include <string_view>

namespace croft::net {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// Equal regardless of ASCII case: header names, tokens.
constexpr bool same_name(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && std::ranges::equal(a, b, {}, lower, lower);
}

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Without blanks and tabs at both ends (OWS of RFC 9110 §5.6.3).
constexpr std::string_view trimmed(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace croft::net
