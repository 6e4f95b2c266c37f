#include "croft/uuid.hpp"

#include <sys/random.h>

#include "croft/clock.hpp"

namespace croft {

namespace {

uuid random_uuid() {
    uuid made;
    // 16 bytes come at once or, before the system has gathered any randomness, not at all.
    while (getrandom(made.bytes.data(), made.bytes.size(), 0) != static_cast<ssize_t>(made.bytes.size())) {
    }
    return made;
}

uuid marked(uuid made, int version) {  // RFC 9562, section 4: version and variant
    made.bytes[6] = static_cast<std::uint8_t>((made.bytes[6] & 0x0f) | (version << 4));
    made.bytes[8] = static_cast<std::uint8_t>((made.bytes[8] & 0x3f) | 0x80);
    return made;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

uuid uuid::v4() { return marked(random_uuid(), 4); }

uuid uuid::v7() {
    uuid made = random_uuid();
    auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(now()).time_since_epoch().count();
    for (std::size_t i = 6; i-- > 0; milliseconds >>= 8) made.bytes[i] = static_cast<std::uint8_t>(milliseconds & 0xff);
    return marked(made, 7);
}

std::string to_text(const uuid& id) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += digits[id.bytes[i] >> 4];
        text += digits[id.bytes[i] & 0x0f];
    }
    return text;
}

parsed<uuid> parse_uuid(std::string_view text) {
    std::size_t at = 0, end = text.size();
    if (text.starts_with("urn:uuid:"))
        at = 9;
    else if (text.size() == 38 && text.front() == '{' && text.back() == '}')
        at = 1, --end;
    const bool hyphens = end - at == 36;
    uuid made;
    for (std::size_t nibble = 0; nibble < 32; ++nibble, ++at) {
        if (hyphens && (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20)) {
            if (text[at] != '-') return std::unexpected(parse_failure{"expected '-'", 1, at + 1});
            ++at;
        }
        const int digit = at < end ? hex_digit(text[at]) : -1;
        if (digit < 0)
            return std::unexpected(parse_failure{"expected one of 32 hexadecimal digits of a UUID", 1, at + 1});
        auto& byte = made.bytes[nibble / 2];
        byte = static_cast<std::uint8_t>(byte << 4 | digit);
    }
    if (at != end) return std::unexpected(parse_failure{"expected the end of the UUID", 1, at + 1});
    return made;
}

}  // namespace croft
