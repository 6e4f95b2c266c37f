// Cuts a GraphQL text into tokens (spec §2.1): the parser's input, and of use to a highlighter.
//
//     graphql::lexer lexer("{ a }", memory);
//     while (auto token = lexer.next()) if (token->kind == token_kind::end) break;
//
// Never throws on bad input: the first fault ends it. One thread.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "graphql/language/arena.hpp"

namespace croft::graphql {

enum class token_kind : std::uint8_t {
    end,
    bang,
    dollar,
    ampersand,
    paren_left,
    paren_right,
    spread,
    colon,
    equals,
    at,
    bracket_left,
    bracket_right,
    brace_left,
    pipe,
    brace_right,
    name,
    integer,
    floating,
    string,
    block_string
};
std::string_view to_string(token_kind kind);  ///< as messages write it: Name, "{", <EOF>

struct token {
    token_kind kind = token_kind::end;
    std::uint32_t offset = 0;
    std::string_view text{};  ///< name, number: as written; strings: their value

    /// `Name "foo"`, `"{"`, `<EOF>`.
    std::string describe() const;
};

struct lexical_fault {
    std::string message;
    std::uint32_t offset = 0;
};

class lexer {
public:
    using result = std::expected<token, lexical_fault>;
    /// `memory` keeps the strings that differ from the source (escapes, block strings).
    lexer(std::string_view text, arena& memory) : text_(text), memory_(&memory) {
        if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;  // §2.1.1: a byte order mark is ignored
    }
    result next();

private:
    unsigned char peek(std::uint32_t ahead = 0) const;
    bool done(std::uint32_t ahead = 0) const { return at_ + ahead >= text_.size(); }
    std::unexpected<lexical_fault> fault(std::string message, std::uint32_t offset) const;
    std::string character_at(std::uint32_t offset) const;
    std::uint32_t character_length(std::uint32_t offset) const;

    std::expected<void, lexical_fault> skip_ignored();
    token punctuator(token_kind kind, std::uint32_t length);
    token read_name();
    result read_number();
    std::expected<void, lexical_fault> read_digits();
    result read_string();
    std::expected<void, lexical_fault> read_escape(std::string& value);
    std::expected<void, lexical_fault> read_unicode_escape(std::string& value);
    result read_block_string();

    std::string_view text_;
    std::uint32_t at_ = 0;
    arena* memory_;
};

}  // namespace croft::graphql
