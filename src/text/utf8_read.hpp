// Code points, one after the other.
#pragma once

#include <cstdint>
#include <string_view>

namespace croft::text {

/// The code point at `at`, which moves behind it; of bytes that aren't UTF-8, one each. `at` must be within the text.
inline std::uint32_t read_utf8(std::string_view text, std::size_t& at) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const std::uint32_t first = byte(at);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xC2 ? 0
                               : first < 0xE0 ? 2
                               : first < 0xF0 ? 3
                               : first < 0xF5 ? 4
                                              : 0;
    if (length < 2 || at + length > text.size()) {
        ++at;
        return first;
    }
    std::uint32_t point = first & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xC0u) != 0x80u) {
            ++at;
            return first;
        }
        point = point << 6u | (byte(at + i) & 0x3Fu);
    }
    at += length;
    return point;
}

}  // namespace croft::text
