#include "graphql/language/lexer.hpp"

#include <gtest/gtest.h>

using namespace croft;

namespace {

struct lexed {
    std::string description;
    std::string value;
};

/// The first token of `text`, or "offset: message".
lexed first(std::string_view text) {
    graphql::arena memory(256);
    auto token = graphql::lexer(text, memory).next();
    if (!token) return {std::to_string(token.error().offset) + ": " + token.error().message, {}};
    return {token->describe(), std::string(token->text)};
}

}  // namespace

TEST(graphql_lexer, skips_white_space_commas_comments_and_a_byte_order_mark) {
    EXPECT_EQ(first("\xEF\xBB\xBF ,,\t# a comment \xC3\xA9\r\n foo").value, "foo");
    EXPECT_EQ(first("  # only this").description, "<EOF>");
}

TEST(graphql_lexer, reads_numbers_as_the_grammar_has_them) {
    for (const char* good : {"0", "-0", "4", "-4", "9007199254740993"})
        EXPECT_EQ(first(good).description, std::string("Int \"") + good + "\"");
    for (const char* good : {"4.123", "-0.5", "123e4", "1E+4", "-1.123e-45"})
        EXPECT_EQ(first(good).description, std::string("Float \"") + good + "\"");
    EXPECT_EQ(first("00").description, "1: Invalid number, unexpected digit after 0: \"0\".");
    EXPECT_EQ(first("1.").description, "2: Invalid number, expected digit but got: <EOF>.");
    EXPECT_EQ(first("-A").description, "1: Invalid number, expected digit but got: \"A\".");
    EXPECT_EQ(first("1x").description, "1: Invalid number, expected digit but got: \"x\".");
    EXPECT_EQ(first("1.2.3").description, "3: Invalid number, expected digit but got: \".\".");
    EXPECT_EQ(first("0x1F").description, "1: Invalid number, expected digit but got: \"x\".");
}

TEST(graphql_lexer, reads_strings_with_their_escapes) {
    EXPECT_EQ(first(R"("plain")").value, "plain");
    EXPECT_EQ(first(R"("a\n\t\"\\\/\b\f\r")").value, "a\n\t\"\\/\b\f\r");
    EXPECT_EQ(first(R"("\u00e9\u{1F600}\uD83D\uDE00")").value, "\xC3\xA9\xF0\x9F\x98\x80\xF0\x9F\x98\x80");
    EXPECT_EQ(first("\"\"").description, "String \"\"");
}

TEST(graphql_lexer, refuses_broken_strings) {
    EXPECT_EQ(first("\"").description, "1: Unterminated string.");
    EXPECT_EQ(first("\"a\nb\"").description, "2: Unterminated string.");
    EXPECT_EQ(first("\"a\x01\"").description, "2: Invalid character within String: U+0001.");
    EXPECT_EQ(first("\"\xFF\"").description, "1: Invalid character within String: byte 0xFF.");
    EXPECT_EQ(first(R"("\z")").description, "1: Invalid character escape sequence: \"\\z\".");
    EXPECT_EQ(first(R"("\u1")").description, "1: Invalid Unicode escape sequence: \"\\u1\"\".");
    EXPECT_EQ(first(R"("\uD83D")").description, "1: Invalid Unicode escape sequence: \"\\uD83D\".");
    EXPECT_EQ(first(R"("\u{110000}")").description, "1: Invalid Unicode escape sequence: \"\\u{110000}\".");
    EXPECT_EQ(first(R"("\u{}")").description, "1: Invalid Unicode escape sequence: \"\\u{}\".");
    EXPECT_EQ(first("\"\"\"abc").description, "6: Unterminated string.");
}

TEST(graphql_lexer, refuses_characters_that_belong_nowhere) {
    EXPECT_EQ(first("?").description, "0: Unexpected character: \"?\".");
    EXPECT_EQ(first("..").description, "0: Unexpected character: \".\".");
    EXPECT_EQ(first("'a'").description,
              "0: Unexpected single quote character ('), did you mean to use a double quote (\")?");
    EXPECT_EQ(first("\xE2\x80\x8B").description, "0: Unexpected character: U+200B.");
    EXPECT_EQ(first(std::string_view("\0", 1)).description, "0: Unexpected character: U+0000.");
    EXPECT_EQ(first("\x80").description, "0: Invalid character: byte 0x80.");
}

TEST(graphql_lexer, a_block_string_loses_its_common_indentation) {
    EXPECT_EQ(first("\"\"\"\n    Hello,\n      World!\n\n    Yours\n  \"\"\"").value, "Hello,\n  World!\n\nYours");
    EXPECT_EQ(first("\"\"\"  first\n    second\n  third\"\"\"").value, "  first\n  second\nthird");
    EXPECT_EQ(first("\"\"\"a \\\"\"\" b \\n\"\"\"").value, "a \"\"\" b \\n");
    EXPECT_EQ(first("\"\"\"a\r\nb\rc\"\"\"").value, "a\nb\nc");
}
