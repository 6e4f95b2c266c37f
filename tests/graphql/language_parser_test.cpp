#include <gtest/gtest.h>

#include "graphql/language/parser.hpp"
#include "graphql/language/printer.hpp"

using namespace croft;

namespace {

std::string failure(std::string text, graphql::parse_options options = {}) {
    auto document = graphql::parse(std::move(text), options);
    return document ? "accepted" : document.error().describe();
}

const graphql::field& only_field(const graphql::document& document) {
    return *document.operation()->selections->selections[0]->as_field();
}

std::string repeat(std::string_view text, int times) {
    std::string out;
    while (times-- > 0) out += text;
    return out;
}

}  // namespace

TEST(graphql_parser, reads_operations_fields_arguments_and_fragments) {
    auto document =
        graphql::parse("query Q($id: ID! = 4 @d) { a: item(id: $id) @skip(if: true) { ...F ... on T { x } } }");
    ASSERT_TRUE(document) << document.error().describe();
    const auto* query = document->operation("Q");
    ASSERT_TRUE(query);
    EXPECT_EQ(query->operation, graphql::operation_type::query);
    EXPECT_EQ(query->variables[0].name.text, "id");
    EXPECT_EQ(graphql::print(*query->variables[0].type), "ID!");
    EXPECT_EQ(query->variables[0].default_value->text, "4");
    const auto& field = only_field(*document);
    EXPECT_EQ(field.response_name(), "a");
    EXPECT_EQ(field.name.text, "item");
    EXPECT_EQ(field.arguments[0].value.kind, graphql::value_kind::variable);
    EXPECT_TRUE(field.directives[0].arguments[0].value.truth());
    EXPECT_EQ(field.selections->selections[0]->as_spread()->name.text, "F");
    EXPECT_EQ(field.selections->selections[1]->as_inline()->type_condition.text, "T");
}

TEST(graphql_parser, reads_every_kind_of_type_definition) {
    auto document = graphql::parse(R"("A schema" schema { query: Q }
        scalar S @specifiedBy(url: "u")  type Q implements A & B { f(x: [Int!] = [1]): S! }
        interface A implements B { f: S } union U = | Q | R  enum E { RED "not blue" GREEN } input I { a: Int = 1 }
        directive @d(x: Int) repeatable on FIELD | OBJECT  extend type Q { g: Int })");
    ASSERT_TRUE(document) << document.error().describe();
    const auto definitions = document->definitions();
    ASSERT_EQ(definitions.size(), 9u);
    EXPECT_EQ(definitions[0]->description->text, "A schema");
    EXPECT_EQ(definitions[2]->as_type()->interfaces.size(), 2u);
    EXPECT_EQ(definitions[4]->as_type()->members.size(), 2u);
    EXPECT_EQ(definitions[5]->as_type()->values[1].description->text, "not blue");
    EXPECT_TRUE(definitions[7]->as_directive()->repeatable);
    EXPECT_TRUE(definitions[8]->extension);
}

TEST(graphql_parser, says_where_and_why_it_stopped) {
    EXPECT_EQ(failure("{"), "line 1, column 2: Syntax Error: Expected Name, found <EOF>.");
    EXPECT_EQ(failure(""), "line 1, column 1: Syntax Error: Unexpected <EOF>.");
    EXPECT_EQ(failure("{ a(b: ) }"), "line 1, column 8: Syntax Error: Unexpected \")\".");
    EXPECT_EQ(failure("{\r\n  a\r  ...on T\n}"), "line 4, column 1: Syntax Error: Expected \"{\", found \"}\".");
    EXPECT_EQ(failure("fragment on on T { a }"), "line 1, column 10: Syntax Error: Unexpected Name \"on\".");
    EXPECT_EQ(failure("query ($a: Int = $b) { a }"),
              "line 1, column 18: Syntax Error: Unexpected variable \"$b\" in constant value.");
}

TEST(graphql_parser, counts_columns_in_utf16_code_units) {
    EXPECT_EQ(failure("{ a(b: \"\xC3\xA9\xF0\x9F\x98\x80\") ? }"),
              "line 1, column 15: Syntax Error: Unexpected character: \"?\".");
}

TEST(graphql_parser, finds_places_far_into_a_long_line) {
    auto document = graphql::parse(std::string(10'000, ' ') + "{ a }");
    ASSERT_TRUE(document);
    EXPECT_EQ(document->locate(10'002), (graphql::location{1, 10'003}));
}

TEST(graphql_parser, refuses_documents_beyond_the_limits) {
    EXPECT_EQ(failure("{ foo }", {.max_tokens = 2}),
              "line 1, column 7: Syntax Error: Document contains more than 2 tokens. Parsing aborted.");
    EXPECT_EQ(failure("{ foo }", {.max_tokens = 3}), "accepted");
    EXPECT_EQ(failure("{ foo }", {.max_bytes = 6}),
              "line 1, column 1: Syntax Error: Document is larger than 6 bytes. Parsing aborted.");
    EXPECT_EQ(failure(repeat("{a", 600) + repeat("}", 600)),
              "line 1, column 1001: Syntax Error: Document is nested deeper than 500 levels. Parsing aborted.");
    EXPECT_EQ(failure("{ a(b: " + repeat("[", 7'000)),
              "line 1, column 507: Syntax Error: Document is nested deeper than 500 levels. Parsing aborted.");
    EXPECT_EQ(failure(repeat("{a", 500) + repeat("}", 500)), "accepted");
}

TEST(graphql_parser, fragment_variables_are_read_only_when_asked_for) {
    const char* text = "fragment a($v: Boolean = false) on t { f(v: $v) }";
    EXPECT_EQ(failure(text), "line 1, column 11: Syntax Error: Expected \"on\", found \"(\".");
    EXPECT_EQ(failure(text, {.fragment_variables = true}), "accepted");
}

TEST(graphql_parser, nodes_survive_a_move_of_the_document) {
    auto document = graphql::parse("{ a }");
    ASSERT_TRUE(document);
    const auto& field = only_field(*document);
    graphql::document moved = std::move(*document);
    EXPECT_EQ(&only_field(moved), &field);
    EXPECT_EQ(field.name.text, "a");
}

TEST(graphql_parser, the_operation_to_run_is_the_named_one_or_the_only_one) {
    auto document = graphql::parse("query A { a } query B { b }");
    ASSERT_TRUE(document);
    EXPECT_EQ(document->operation("B")->name.text, "B");
    EXPECT_EQ(document->operation(), nullptr);
    EXPECT_EQ(document->operation("C"), nullptr);
}

TEST(graphql_parser, reads_a_value_or_a_type_on_its_own) {
    graphql::arena memory(256);
    EXPECT_EQ(graphql::print(**graphql::parse_value("{a: [1, RED, \"x\"]}", memory)), "{a: [1, RED, \"x\"]}");
    EXPECT_EQ(graphql::print(**graphql::parse_type("[[Int!]]!", memory)), "[[Int!]]!");
    EXPECT_FALSE(graphql::parse_value("1 2", memory));
}
