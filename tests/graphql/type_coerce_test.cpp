#include "graphql/type/coerce.hpp"

#include <gtest/gtest.h>

#include "graphql/language/parser.hpp"
#include "graphql/type/build_schema.hpp"
#include "graphql/type/literal.hpp"

using namespace croft;

namespace {

const graphql::schema& the_schema() {
    static const auto schema = graphql::build_schema(R"(
        scalar Any
        enum Color { RED GREEN }
        input Point { x: Int! y: Int = 7 color: Color next: Point }
        input Either @oneOf { a: Int b: String }
        type Query { f(i: Int, n: Float, s: String, b: Boolean, id: ID, any: Any, c: Color, p: Point, e: Either,
                       l: [Int!], ll: [[Int]], r: Int!, d: Int = 3): Int })");
    return *schema;
}

graphql::type type_of(const char* argument) { return the_schema().type("Query")->field("f")->argument(argument)->type; }

/// The value of a literal as an argument of that name; "refused".
std::string literal(const char* argument, const char* text, json_object variables = json_object()) {
    auto document = graphql::parse("{ f(x: " + std::string(text) + ") }");
    const auto& node = document->operation()->selections->selections[0]->as_field()->arguments[0].value;
    const auto read = graphql::value_from_literal(node, type_of(argument), &variables);
    return read ? read->dump() : "refused";
}

/// The variables, or the first error; `declared` is like "$i: Int".
std::string variables(const std::string& declared, const char* given) {
    auto document = graphql::parse("query (" + declared + ") { f }");
    if (!document) return document.error().describe();
    auto read = graphql::coerce_variables(the_schema(), *document, *document->operation(), json::parse(given));
    return read ? json(std::move(*read)).dump() : read.error().front().message;
}

std::string arguments(const std::string& call, const char* given = "{}") {
    auto document = graphql::parse("{ " + call + " }");
    const auto& node = *document->operation()->selections->selections[0]->as_field();
    auto read = graphql::coerce_arguments(*document, the_schema().type("Query")->field("f")->arguments, node.arguments,
                                          node.offset, json::parse(given).object());
    return read ? json(std::move(*read)).dump() : read.error().message;
}

}  // namespace

TEST(graphql_coerce, literals_become_json_of_their_type) {
    EXPECT_EQ(literal("i", "12"), "12");
    EXPECT_EQ(literal("i", "2147483648"), "refused");
    EXPECT_EQ(literal("i", "1.0"), "refused");
    EXPECT_EQ(literal("n", "1"), json(1.0).dump());
    EXPECT_EQ(literal("n", "1e999"), "refused");
    EXPECT_EQ(literal("n", "1e-999"), json(0.0).dump());
    EXPECT_EQ(literal("s", "RED"), "refused");
    EXPECT_EQ(literal("id", "829384293849283498239482938"), "\"829384293849283498239482938\"");
    EXPECT_EQ(literal("c", "RED"), "\"RED\"");
    EXPECT_EQ(literal("c", "\"RED\""), "refused");
    EXPECT_EQ(literal("b", "true"), "true");
    EXPECT_EQ(literal("r", "null"), "refused");
    EXPECT_EQ(literal("any", "{a: [1, RED, null]}"), R"({"a":[1,"RED",null]})");
}

TEST(graphql_coerce, a_single_item_becomes_a_list) {
    EXPECT_EQ(literal("l", "1"), "[1]");
    EXPECT_EQ(literal("ll", "1"), "[[1]]");
    EXPECT_EQ(literal("ll", "[1, [2], null]"), "[[1],[2],null]");
    EXPECT_EQ(literal("l", "[1, null]"), "refused");
}

TEST(graphql_coerce, input_objects_are_filled_with_their_defaults) {
    EXPECT_EQ(literal("p", "{x: 1}"), R"({"x":1,"y":7})");
    EXPECT_EQ(literal("p", "{y: 1}"), "refused");
    EXPECT_EQ(literal("p", "{x: 1, z: 2}"), "refused");
    EXPECT_EQ(literal("e", "{a: 1}"), R"({"a":1})");
    EXPECT_EQ(literal("e", "{a: 1, b: \"\"}"), "refused");
    EXPECT_EQ(literal("e", "{a: null}"), "refused");
}

TEST(graphql_coerce, variables_inside_of_literals_are_put_in) {
    const json_object given({{"v", 5}});
    EXPECT_EQ(literal("p", "{x: $v, y: $none}", given), R"({"x":5,"y":7})");
    EXPECT_EQ(literal("ll", "[$none]", given), "[null]");
    EXPECT_EQ(literal("l", "[$none]", given), "refused");
}

TEST(graphql_coerce, variables_absent_null_and_defaulted_are_told_apart) {
    EXPECT_EQ(variables("$i: Int, $d: Int = 4, $n: Int", R"({"n": null})"), R"({"d":4,"n":null})");
    EXPECT_EQ(variables("$i: Int!", "{}"), "Variable \"$i\" of required type \"Int!\" was not provided.");
    EXPECT_EQ(variables("$i: Int! = 2", "null"), R"({"i":2})");
    EXPECT_EQ(variables("$i: Int! = 2", R"({"i": null})"),
              "Variable \"$i\" of non-null type \"Int!\" must not be null.");
    EXPECT_EQ(variables("$q: Query", "{}"),
              "Variable \"$q\" expected value of type \"Query\" which cannot be used as an input type.");
    EXPECT_EQ(variables("$q: Nothing", "{}"),
              "Variable \"$q\" expected value of type \"Nothing\" which cannot be used as an input type.");
}

TEST(graphql_coerce, variables_say_where_inside_they_are_wrong) {
    EXPECT_EQ(variables("$p: [Point]", R"({"p": [{"x": 1}, {"x": 1, "next": {"x": "one"}}]})"),
              "Variable \"$p\" got invalid value \"one\" at \"p[1].next.x\"; Int cannot represent non-integer value: "
              "\"one\"");
    EXPECT_EQ(variables("$p: Point", R"({"p": {"y": 1}})"),
              "Variable \"$p\" got invalid value { y: 1 }; Field \"x\" of required type \"Int!\" was not provided.");
    EXPECT_EQ(
        variables("$p: Point", R"({"p": {"x": 1, "colour": 1}})"),
        "Variable \"$p\" got invalid value { x: 1, colour: 1 }; Field \"colour\" is not defined by type \"Point\". Did "
        "you mean \"color\"?");
    EXPECT_EQ(variables("$p: Point", R"({"p": 3})"),
              "Variable \"$p\" got invalid value 3; Expected type \"Point\" to be an object.");
    EXPECT_EQ(
        variables("$c: Color", R"({"c": "GREN"})"),
        "Variable \"$c\" got invalid value \"GREN\"; Value \"GREN\" does not exist in \"Color\" enum. Did you mean the "
        "enum value \"GREEN\" or \"RED\"?");
    EXPECT_EQ(
        variables("$l: [Int!]", R"({"l": [1, null]})"),
        "Variable \"$l\" got invalid value null at \"l[1]\"; Expected non-nullable type \"Int!\" not to be null.");
    EXPECT_EQ(variables("$e: Either", R"({"e": {}})"),
              "Variable \"$e\" got invalid value {}; Exactly one key must be specified for OneOf type \"Either\".");
}

TEST(graphql_coerce, scalars_take_what_json_can_say_of_them) {
    EXPECT_EQ(variables("$i: Int", R"({"i": 1.0})"), R"({"i":1})");
    EXPECT_EQ(variables("$i: Int", R"({"i": 1e10})"),
              "Variable \"$i\" got invalid value 1e+10; Int cannot represent non 32-bit signed integer value: 1e+10");
    EXPECT_EQ(variables("$i: ID", R"({"i": 12})"), R"({"i":"12"})");
    EXPECT_EQ(variables("$b: Boolean", R"({"b": 1})"),
              "Variable \"$b\" got invalid value 1; Boolean cannot represent a non boolean value: 1");
    EXPECT_EQ(variables("$a: Any", R"({"a": {"x": [1]}})"), R"({"a":{"x":[1]}})");
}

TEST(graphql_coerce, no_more_than_fifty_errors_are_collected) {
    auto document = graphql::parse("query ($l: [Int!]) { f }");
    json list = json::array({});
    for (int i = 0; i < 1000; ++i) list.push_back("x");
    auto read = graphql::coerce_variables(the_schema(), *document, *document->operation(), json::object({{"l", list}}));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().size(), 51u);
    EXPECT_EQ(read.error().back().message,
              "Too many errors processing variables, error limit reached. Execution aborted.");
    EXPECT_EQ(read.error().front().locations, (std::vector<graphql::location>{{1, 8}}));
}

TEST(graphql_coerce, arguments_have_defaults_and_must_be_there_when_required) {
    EXPECT_EQ(arguments("f(r: 1)"), R"({"r":1,"d":3})");
    EXPECT_EQ(arguments("f(r: 1, d: $v)"), R"({"r":1,"d":3})");
    EXPECT_EQ(arguments("f(r: $v, d: null)", R"({"v": 2})"), R"({"r":2,"d":null})");
    EXPECT_EQ(arguments("f"), "Argument \"r\" of required type \"Int!\" was not provided.");
    EXPECT_EQ(arguments("f(r: null)"), "Argument \"r\" of non-null type \"Int!\" must not be null.");
    EXPECT_EQ(arguments("f(r: $v)"),
              "Argument \"r\" of required type \"Int!\" was provided the variable \"$v\" which was not provided a "
              "runtime value.");
    EXPECT_EQ(arguments("f(r: 1, s: 2)"), "Argument \"s\" has invalid value 2.");
}

TEST(graphql_coerce, a_value_is_written_as_a_literal_of_its_type) {
    EXPECT_EQ(graphql::print_literal(json::parse(R"({"color": "RED", "x": 1})"), type_of("p")), "{x: 1, color: RED}");
    EXPECT_EQ(graphql::print_literal(json("4"), type_of("id")), "4");
    EXPECT_EQ(graphql::print_literal(json("04"), type_of("id")), "\"04\"");
    EXPECT_EQ(graphql::print_literal(json("4"), type_of("s")), "\"4\"");
    EXPECT_EQ(graphql::print_literal(json::parse("[1, null]"), type_of("ll")), "[1, null]");
    EXPECT_EQ(graphql::print_literal(json::parse(R"({"a": ["b"]})"), type_of("any")), "{a: [\"b\"]}");
}
