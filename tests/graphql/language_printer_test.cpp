#include "graphql/language/printer.hpp"

#include <gtest/gtest.h>

#include "graphql/language/block_string.hpp"
#include "graphql/language/parser.hpp"

using namespace croft;

namespace {

std::string reprinted(std::string text) {
    auto document = graphql::parse(std::move(text));
    return document ? graphql::print(*document) : document.error().describe();
}

}  // namespace

TEST(graphql_printer, writes_queries_with_two_spaces_a_level) {
    EXPECT_EQ(reprinted("query Q($a:Int=1 @d,$b:[T!]){x:y(a:$a,b:{c:[1,RED]})@skip(if:true){...F ...on T@d{z}...{w}}}"
                        "fragment F on T@d{z}"),
              R"(query Q($a: Int = 1 @d, $b: [T!]) {
  x: y(a: $a, b: {c: [1, RED]}) @skip(if: true) {
    ...F
    ... on T @d {
      z
    }
    ... {
      w
    }
  }
}

fragment F on T @d {
  z
})");
}

TEST(graphql_printer, the_short_form_of_a_query_stays_short) {
    EXPECT_EQ(reprinted("query { a }"), "{\n  a\n}");
    EXPECT_EQ(reprinted("query @d { a }"), "query @d {\n  a\n}");
    EXPECT_EQ(reprinted("query ($a: Int) { a }"), "query ($a: Int) {\n  a\n}");
    EXPECT_EQ(reprinted("mutation { a }"), "mutation {\n  a\n}");
}

TEST(graphql_printer, a_query_behind_a_type_without_fields_does_not_become_its_fields) {
    EXPECT_EQ(reprinted("interface Foo query { foo }"), "interface Foo\n\nquery {\n  foo\n}");
}

TEST(graphql_printer, arguments_of_a_long_field_stand_on_lines_of_their_own) {
    const std::string words = "\"" + std::string(40, 'x') + "\"";
    EXPECT_EQ(reprinted("{ f(first: " + words + ", second: " + words + ") }"),
              "{\n  f(\n    first: " + words + "\n    second: " + words + "\n  )\n}");
}

TEST(graphql_printer, writes_the_type_system) {
    const std::string sdl = R"("""A schema"""
schema @d {
  query: Q
}

extend schema @d

"""
Two lines
of text
"""
type Q implements A & B @d {
  f(a: Int = 1, b: [String!]): S!

  """Described"""
  g(
    """An argument"""
    a: Int
  ): Int @deprecated
}

extend type Q {
  h: Int
}

union U = A | B

enum E {
  RED
  GREEN @d
}

input I {
  a: Int = 1 @d
}

directive @d(x: Int) repeatable on FIELD | OBJECT)";
    std::string printed = reprinted(sdl);
    std::string without_gap = sdl;
    without_gap.erase(without_gap.find("\n\n  \"\"\"Described"), 1);  // print sets no empty lines between fields
    EXPECT_EQ(printed, without_gap);
    EXPECT_EQ(reprinted(printed), printed);
}

TEST(graphql_printer, strings_are_escaped) {
    EXPECT_EQ(graphql::print_string("a\"b\\\n\x01\x7F\xC2\x85\xC3\xA9"), R"("a\"b\\\n\u0001\u007F\u0085)"
                                                                         "\xC3\xA9\"");
}

TEST(graphql_printer, what_is_printed_as_a_block_string_reads_as_the_same_value) {
    for (std::string value : {"plain", "two\nlines", "  leading space", "ends with \"", "ends with \\", "a \"\"\" b",
                              "\"\"\"", "first\n  all others\n  indented", "", "  both\nnot", "tab\there"}) {
        if (!graphql::can_be_block_string(value)) continue;
        for (std::size_t indentation : {0, 4}) {
            graphql::arena memory(256);
            const std::string text = graphql::print_block_string(value, indentation);
            auto read = graphql::parse_value(text, memory);
            ASSERT_TRUE(read) << text;
            EXPECT_EQ((*read)->text, value) << text;
        }
    }
    EXPECT_FALSE(graphql::can_be_block_string("\nblank first line"));
    EXPECT_FALSE(graphql::can_be_block_string("blank last line\n "));
    EXPECT_FALSE(graphql::can_be_block_string("  all\n  indented"));
    EXPECT_FALSE(graphql::can_be_block_string("control \x01"));
}
