#include "text/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace croft::text {

std::size_t utf8_length(std::string_view bytes) noexcept {
    if (bytes.empty()) return 0;
    const auto at = [&](std::size_t i) -> unsigned {
        return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u;
    };
    const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
        return at(i) >= low && at(i) <= high;
    };
    const unsigned lead = at(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {  // E0: no overlongs, ED: no surrogates
        return follows(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF) && follows(2) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {  // F0: no overlongs, F4: nothing above U+10FFFF
        return follows(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

std::size_t first_invalid_utf8(std::string_view bytes) noexcept {
    std::size_t place = 0;
    while (place < bytes.size()) {
        std::uint64_t word = 0;
        if (bytes.size() - place >= 8) {
            std::memcpy(&word, bytes.data() + place, 8);
            if ((word & 0x8080808080808080u) == 0) {
                place += 8;
                continue;
            }
        }
        if (static_cast<unsigned char>(bytes[place]) < 0x80) {
            ++place;
            continue;
        }
        const auto length = utf8_length(bytes.substr(place));
        if (length == 0) return place;
        place += length;
    }
    return place;
}

void append_utf8(std::string& out, char32_t code_point) {
    const auto push = [&](char32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) code_point = 0xFFFD;
    if (code_point < 0x80) return push(code_point);
    if (code_point < 0x800) {
        push(0xC0 | code_point >> 6);
    } else {
        if (code_point < 0x10000) {
            push(0xE0 | code_point >> 12);
        } else {
            push(0xF0 | code_point >> 18);
            push(0x80 | (code_point >> 12 & 0x3F));
        }
        push(0x80 | (code_point >> 6 & 0x3F));
    }
    push(0x80 | (code_point & 0x3F));
}

std::string repair_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        const auto good = first_invalid_utf8(bytes);
        out.append(bytes.substr(0, good));
        bytes.remove_prefix(good);
        if (bytes.empty()) break;
        append_utf8(out, 0xFFFD);
        bytes.remove_prefix(1);
    }
    return out;
}

}  // namespace croft::text
