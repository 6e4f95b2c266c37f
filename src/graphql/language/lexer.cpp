#include "graphql/language/lexer.hpp"

#include <fmt/format.h>

#include "graphql/language/characters.hpp"

namespace croft::graphql {

std::string_view to_string(token_kind kind) {
    static constexpr std::string_view texts[] = {"<EOF>", "\"!\"", "\"$\"", "\"&\"", "\"(\"",  "\")\"",      "\"...\"",
                                                 "\":\"", "\"=\"", "\"@\"", "\"[\"", "\"]\"",  "\"{\"",      "\"|\"",
                                                 "\"}\"", "Name",  "Int",   "Float", "String", "BlockString"};
    return texts[static_cast<std::size_t>(kind)];
}

std::string token::describe() const {
    if (kind < token_kind::name) return std::string(to_string(kind));
    return fmt::format("{} \"{}\"", to_string(kind), text);
}

unsigned char lexer::peek(std::uint32_t ahead) const {
    return done(ahead) ? 0 : static_cast<unsigned char>(text_[at_ + ahead]);
}

std::unexpected<lexical_fault> lexer::fault(std::string message, std::uint32_t offset) const {
    return std::unexpected(lexical_fault{std::move(message), offset});
}

/// One character as messages show it: "a" when printable ASCII, else its code point.
std::string lexer::character_at(std::uint32_t offset) const {
    if (offset >= text_.size()) return "<EOF>";
    const std::uint32_t length = utf8_length(text_, offset);
    if (length == 0) return fmt::format("byte 0x{:02X}", static_cast<unsigned char>(text_[offset]));
    const std::uint32_t code = utf8_decode(text_.substr(offset, length));
    if (code == '"') return "'\"'";
    if (code >= 0x20 && code <= 0x7E) return fmt::format("\"{}\"", static_cast<char>(code));
    return fmt::format("U+{:04X}", code);
}

std::uint32_t lexer::character_length(std::uint32_t offset) const { return utf8_length(text_, offset); }

/// §2.1.7: white space, line ends, comments, commas, and a byte order mark.
std::expected<void, lexical_fault> lexer::skip_ignored() {
    for (;;) {
        const unsigned char c = peek();
        if (c == ' ' || c == '\t' || c == ',' || c == '\n' || c == '\r') {
            ++at_;
        } else if (c == 0xEF && text_.substr(at_).starts_with("\xEF\xBB\xBF")) {
            at_ += 3;
        } else if (c == '#') {
            while (!done() && peek() != '\n' && peek() != '\r') {
                const std::uint32_t length = character_length(at_);
                if (length == 0) return fault(fmt::format("Invalid character: {}.", character_at(at_)), at_);
                at_ += length;
            }
        } else {
            return {};
        }
    }
}

token lexer::punctuator(token_kind kind, std::uint32_t length) {
    at_ += length;
    return {kind, at_ - length, {}};
}

lexer::result lexer::next() {
    if (auto skipped = skip_ignored(); !skipped) return std::unexpected(std::move(skipped.error()));
    if (done()) return token{token_kind::end, at_, {}};
    const unsigned char c = peek();
    switch (c) {
        case '!':
            return punctuator(token_kind::bang, 1);
        case '$':
            return punctuator(token_kind::dollar, 1);
        case '&':
            return punctuator(token_kind::ampersand, 1);
        case '(':
            return punctuator(token_kind::paren_left, 1);
        case ')':
            return punctuator(token_kind::paren_right, 1);
        case ':':
            return punctuator(token_kind::colon, 1);
        case '=':
            return punctuator(token_kind::equals, 1);
        case '@':
            return punctuator(token_kind::at, 1);
        case '[':
            return punctuator(token_kind::bracket_left, 1);
        case ']':
            return punctuator(token_kind::bracket_right, 1);
        case '{':
            return punctuator(token_kind::brace_left, 1);
        case '|':
            return punctuator(token_kind::pipe, 1);
        case '}':
            return punctuator(token_kind::brace_right, 1);
        case '"':
            return text_.substr(at_).starts_with("\"\"\"") ? read_block_string() : read_string();
        case '\'':
            return fault("Unexpected single quote character ('), did you mean to use a double quote (\")?", at_);
        default:
            break;
    }
    if (c == '.' && peek(1) == '.' && peek(2) == '.') return punctuator(token_kind::spread, 3);
    if (is_digit(c) || c == '-') return read_number();
    if (is_name_start(c)) return read_name();
    const char* what = character_length(at_) ? "Unexpected" : "Invalid";
    return fault(fmt::format("{} character: {}.", what, character_at(at_)), at_);
}

token lexer::read_name() {
    const std::uint32_t start = at_;
    while (is_name_continue(peek())) ++at_;
    return {token_kind::name, start, text_.substr(start, at_ - start)};
}

std::expected<void, lexical_fault> lexer::read_digits() {
    if (!is_digit(peek()))
        return fault(fmt::format("Invalid number, expected digit but got: {}.", character_at(at_)), at_);
    while (is_digit(peek())) ++at_;
    return {};
}

/// §2.9.1 and §2.9.2: -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?, not followed by a dot or a name.
lexer::result lexer::read_number() {
    const std::uint32_t start = at_;
    bool whole = true;
    if (peek() == '-') ++at_;
    if (peek() == '0') {
        ++at_;
        if (is_digit(peek()))
            return fault(fmt::format("Invalid number, unexpected digit after 0: {}.", character_at(at_)), at_);
    } else if (auto digits = read_digits(); !digits) {
        return std::unexpected(std::move(digits.error()));
    }
    if (peek() == '.') {
        whole = false;
        ++at_;
        if (auto digits = read_digits(); !digits) return std::unexpected(std::move(digits.error()));
    }
    if (peek() == 'e' || peek() == 'E') {
        whole = false;
        ++at_;
        if (peek() == '+' || peek() == '-') ++at_;
        if (auto digits = read_digits(); !digits) return std::unexpected(std::move(digits.error()));
    }
    if (peek() == '.' || is_name_start(peek()))
        return fault(fmt::format("Invalid number, expected digit but got: {}.", character_at(at_)), at_);
    return token{whole ? token_kind::integer : token_kind::floating, start, text_.substr(start, at_ - start)};
}

}  // namespace croft::graphql
