// The lexer's strings (spec §2.9.4): quoted ones with escapes, and block strings.
#include <algorithm>

#include <fmt/format.h>

#include "graphql/language/block_string.hpp"
#include "graphql/language/characters.hpp"
#include "graphql/language/lexer.hpp"

namespace croft::graphql {
namespace {

bool is_control(unsigned char c) { return c < 0x20 && c != '\t'; }

}  // namespace

lexer::result lexer::read_string() {
    const std::uint32_t start = at_++;
    const std::uint32_t first = at_;
    std::string unescaped;  // used from the first escape on; most strings are a view of the source
    bool escaped = false;
    for (;;) {
        if (done() || peek() == '\n' || peek() == '\r') return fault("Unterminated string.", at_);
        const unsigned char c = peek();
        if (c == '"') break;
        if (c == '\\') {
            if (!escaped) unescaped = text_.substr(first, at_ - first);
            escaped = true;
            if (auto read = read_escape(unescaped); !read) return std::unexpected(std::move(read.error()));
            continue;
        }
        const std::uint32_t length = character_length(at_);
        if (length == 0 || is_control(c))
            return fault(fmt::format("Invalid character within String: {}.", character_at(at_)), at_);
        if (escaped) unescaped += text_.substr(at_, length);
        at_ += length;
    }
    const std::string_view value = escaped ? memory_->text(unescaped) : text_.substr(first, at_ - first);
    ++at_;
    return token{token_kind::string, start, value};
}

std::expected<void, lexical_fault> lexer::read_escape(std::string& value) {
    static constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    const unsigned char c = peek(1);
    if (c == 'u') return read_unicode_escape(value);
    const auto which = done(1) ? std::string_view::npos : letters.find(static_cast<char>(c));
    if (which == std::string_view::npos)
        return fault(
            fmt::format("Invalid character escape sequence: \"{}\".", text_.substr(at_, 1 + character_length(at_ + 1))),
            at_);
    value += meanings[which];
    at_ += 2;
    return {};
}

/// \u0041, a pair of surrogates as \uD83D\uDE00, or \u{1F600}.
std::expected<void, lexical_fault> lexer::read_unicode_escape(std::string& value) {
    const auto invalid = [&](std::uint32_t length) {
        std::uint32_t end = at_;  // whole characters only, so that the message stays UTF-8
        while (end < at_ + length && character_length(end)) end += character_length(end);
        const auto shown = text_.substr(at_, end - at_);
        return fault(fmt::format("Invalid Unicode escape sequence: \"{}\".", shown), at_);
    };
    if (peek(2) == '{') {
        std::uint32_t code = 0, length = 3;
        for (; hex_digit(peek(length)) >= 0 && length < 12; ++length)
            code = std::min(code << 4 | static_cast<std::uint32_t>(hex_digit(peek(length))), 0x200000u);
        if (peek(length) != '}' || length == 3 || !is_scalar_value(code)) return invalid(length + 1);
        utf8_append(value, code);
        at_ += length + 1;
        return {};
    }
    const auto four_digits = [&](std::uint32_t from) {
        std::int32_t code = 0;
        for (std::uint32_t i = from; i < from + 4; ++i) {
            const int digit = hex_digit(peek(i));
            if (digit < 0) return -1;
            code = code << 4 | digit;
        }
        return code;
    };
    const std::int32_t code = four_digits(2);
    if (code < 0) return invalid(6);
    if (is_scalar_value(static_cast<std::uint32_t>(code))) {
        utf8_append(value, static_cast<std::uint32_t>(code));
        at_ += 6;
        return {};
    }
    const std::int32_t low = code < 0xDC00 && peek(6) == '\\' && peek(7) == 'u' ? four_digits(8) : -1;
    if (low < 0xDC00 || low > 0xDFFF) return invalid(6);
    utf8_append(value, static_cast<std::uint32_t>(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)));
    at_ += 12;
    return {};
}

lexer::result lexer::read_block_string() {
    const std::uint32_t start = at_;
    at_ += 3;
    std::string raw;
    for (;;) {
        if (done()) return fault("Unterminated string.", at_);
        const auto rest = text_.substr(at_);
        if (rest.starts_with("\"\"\"")) break;
        if (rest.starts_with("\\\"\"\"")) {
            raw += "\"\"\"";
            at_ += 4;
            continue;
        }
        const std::uint32_t length = character_length(at_);
        const unsigned char c = peek();
        if (length == 0 || (is_control(c) && c != '\n' && c != '\r'))
            return fault(fmt::format("Invalid character within String: {}.", character_at(at_)), at_);
        raw += rest.substr(0, length);
        at_ += length;
    }
    at_ += 3;
    return token{token_kind::block_string, start, memory_->text(dedent_block_string(raw))};
}

}  // namespace croft::graphql
