#include "text/base64.hpp"

#include <cstdint>

namespace croft::text {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

std::string to_base64url(std::string_view bytes) {
    std::string out;
    std::uint32_t bits = 0;
    int held = 0;
    for (const char c : bytes) {
        bits = bits << 8U | static_cast<unsigned char>(c);
        for (held += 8; held >= 6; held -= 6) out += alphabet[bits >> (held - 6) & 63U];
    }
    if (held > 0) out += alphabet[bits << (6 - held) & 63U];
    return out;
}

std::optional<std::string> from_base64url(std::string_view letters) {
    std::string out;
    std::uint32_t bits = 0;
    int held = 0;
    for (const char c : letters) {
        const auto digit = alphabet.find(c);
        if (digit == alphabet.npos) return std::nullopt;
        bits = bits << 6U | static_cast<std::uint32_t>(digit);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out += static_cast<char>(bits >> held & 255U);
    }
    if (held >= 6 || (bits & ((1U << held) - 1U)) != 0) return std::nullopt;
    return out;
}

}  // namespace croft::text
