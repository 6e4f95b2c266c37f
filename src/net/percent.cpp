#include "net/percent.hpp"

#include "net/ascii.hpp"

namespace croft::net {

namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

int hex_value(char c) noexcept {
    if (is_digit(c)) return c - '0';
    const char letter = lower(c);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

bool stays(char c) noexcept {
    const char letter = lower(c);
    return (letter >= 'a' && letter <= 'z') || is_digit(c) || c == '*' || c == '-' || c == '.' || c == '_';
}

}  // namespace

void append_form_encoded(std::string& to, std::string_view text) {
    for (const char c : text) {
        if (stays(c)) {
            to += c;
        } else if (c == ' ') {
            to += '+';
        } else {
            const auto byte = static_cast<unsigned char>(c);
            to += {'%', hex_digits[byte >> 4], hex_digits[byte & 15]};
        }
    }
}

std::string form_decoded(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool coded = text[at] == '%' && at + 2 < text.size();
        const int high = coded ? hex_value(text[at + 1]) : -1, low = coded ? hex_value(text[at + 2]) : -1;
        if (high >= 0 && low >= 0) {
            plain += static_cast<char>(high * 16 + low);
            at += 2;
        } else {
            plain += text[at] == '+' ? ' ' : text[at];
        }
    }
    return plain;
}

}  // namespace croft::net
