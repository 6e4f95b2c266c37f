// UTF-8 (RFC 3629): check, decode, encode. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace croft::text {

/// Bytes of the well-formed sequence at the start of `bytes`, 0 if there is none (overlong, surrogate, cut off…).
std::size_t utf8_length(std::string_view bytes) noexcept;

/// Place of the first byte that isn't part of a well-formed sequence; bytes.size() when all is well.
std::size_t first_invalid_utf8(std::string_view bytes) noexcept;

/// Appends one code point; what isn't a Unicode scalar value becomes U+FFFD.
void append_utf8(std::string& out, char32_t code_point);

/// A copy in which each byte that doesn't belong to a well-formed sequence has become U+FFFD.
std::string repair_utf8(std::string_view bytes);

}  // namespace croft::text
