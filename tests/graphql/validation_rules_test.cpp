// One sentence a rule: what it lets through, and what it says where. The many cases of graphql-js are run by
// conformance.graphql.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "graphql/language/parser.hpp"
#include "graphql/type/build_schema.hpp"
#include "graphql/validation/validate.hpp"

using namespace croft;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

const graphql::schema& the_schema() {
    static const auto schema = graphql::build_schema(R"(
        directive @once on FIELD
        interface Pet { name: String }
        type Dog implements Pet { name: String barks: Boolean knows(command: Command!, loud: Boolean = true): Boolean owner: Human }
        type Cat implements Pet { name: String meows: Boolean lives: Int old: Int @deprecated }
        type Human { name: String! pets: [Pet] }
        union CatOrDog = Cat | Dog
        enum Command { SIT DOWN }
        input Filter { name: String! tags: [String] limit: Int = 10 }
        type Query { dog: Dog pet: Pet catOrDog: CatOrDog human(id: ID): Human find(filter: Filter): Pet }
        type Subscription { barked: Dog met: Human })");
    return *schema;
}

std::vector<std::string> said(std::vector<graphql::graphql_error> errors) {
    std::vector<std::string> lines;
    for (const auto& each : errors) {
        std::string line = each.message;
        for (const auto& place : each.locations)
            line += " " + std::to_string(place.line) + ":" + std::to_string(place.column);
        lines.push_back(std::move(line));
    }
    return lines;
}

std::vector<std::string> faults(std::string text, const graphql::validation_options& options = {}) {
    auto document = graphql::parse(std::move(text));
    if (!document) return {document.error().describe()};
    return said(graphql::validate(the_schema(), *document, options));
}

std::vector<std::string> sdl_faults(std::string text, const graphql::schema* extended = nullptr) {
    auto document = graphql::parse(std::move(text));
    if (!document) return {document.error().describe()};
    return said(graphql::validate_sdl(*document, extended));
}

}  // namespace

TEST(graphql_validation, a_valid_document_has_no_errors) {
    EXPECT_THAT(faults(R"(query Q($id: ID, $command: Command = SIT, $on: Boolean!) {
        dog { ...D knows(command: $command) } pet { name ... on Cat { lives } __typename }
        human(id: $id) @include(if: $on) { pets { name } } find(filter: {name: "x", tags: "y"}) { name } __schema { types { name } } }
        fragment D on Dog { name owner { name } })"),
                IsEmpty());
}

TEST(graphql_validation, only_executable_definitions_are_run) {
    EXPECT_THAT(faults("{ dog { name } } type T { a: Int }"),
                ElementsAre("The \"T\" definition is not executable. 1:18"));
}

TEST(graphql_validation, operations_have_names_of_their_own) {
    EXPECT_THAT(faults("query A { dog { name } } query A { dog { name } }"),
                ElementsAre("There can be only one operation named \"A\". 1:7 1:32"));
    EXPECT_THAT(faults("{ dog { name } } query A { dog { name } }"),
                ElementsAre("This anonymous operation must be the only defined operation. 1:1"));
}

TEST(graphql_validation, a_subscription_selects_one_field) {
    EXPECT_THAT(faults("subscription S { barked { name } ...M } fragment M on Subscription { met { name } }"),
                ElementsAre("Subscription \"S\" must select only one top level field. 1:70"));
    EXPECT_THAT(faults("subscription { __typename }"),
                ElementsAre("Anonymous Subscription must not select an introspection top level field. 1:16"));
    EXPECT_THAT(faults("subscription { barked { name } met @skip(if: true) { name } }"), IsEmpty());
}

TEST(graphql_validation, types_and_fields_must_be_known) {
    EXPECT_THAT(faults("query ($a: Comand) { dog { ... on Dgo { name } } }"),
                Contains("Unknown type \"Comand\". Did you mean \"Command\" or \"Human\"? 1:12"));
    EXPECT_THAT(faults("{ dog { nam } }"),
                ElementsAre("Cannot query field \"nam\" on type \"Dog\". Did you mean \"name\"? 1:9"));
    EXPECT_THAT(
        faults("{ pet { barks } }"),
        ElementsAre(
            "Cannot query field \"barks\" on type \"Pet\". Did you mean to use an inline fragment on \"Dog\"? 1:9"));
    EXPECT_THAT(
        faults("{ catOrDog { name } }"),
        ElementsAre(
            "Cannot query field \"name\" on type \"CatOrDog\". Did you mean to use an inline fragment on \"Pet\", "
            "\"Cat\", or \"Dog\"? 1:14"));
}

TEST(graphql_validation, leaves_end_a_query_and_nothing_else_does) {
    EXPECT_THAT(faults("{ dog { name { x } } }"),
                Contains("Field \"name\" must not have a selection since type \"String\" has no subfields. 1:14"));
    EXPECT_THAT(faults("{ dog }"),
                ElementsAre("Field \"dog\" of type \"Dog\" must have a selection of subfields. Did you mean "
                            "\"dog { ... }\"? 1:3"));
}

TEST(graphql_validation, fragments_are_known_used_named_once_and_of_a_possible_type) {
    EXPECT_THAT(faults("{ dog { ...F } }"), ElementsAre("Unknown fragment \"F\". 1:12"));
    EXPECT_THAT(faults("{ dog { name } } fragment F on Dog { name }"),
                ElementsAre("Fragment \"F\" is never used. 1:18"));
    EXPECT_THAT(faults("{ dog { ...F } } fragment F on Dog { name } fragment F on Dog { name }"),
                ElementsAre("There can be only one fragment named \"F\". 1:27 1:54"));
    EXPECT_THAT(faults("{ dog { ... on Command { x } } }"),
                Contains("Fragment cannot condition on non composite type \"Command\". 1:16"));
    EXPECT_THAT(
        faults("{ dog { ... on Cat { name } } }"),
        ElementsAre("Fragment cannot be spread here as objects of type \"Dog\" can never be of type \"Cat\". 1:9"));
    EXPECT_THAT(
        faults("{ human { ...F } } fragment F on Pet { name }"),
        ElementsAre(
            "Fragment \"F\" cannot be spread here as objects of type \"Human\" can never be of type \"Pet\". 1:11"));
}

TEST(graphql_validation, fragments_do_not_spread_themselves) {
    EXPECT_THAT(faults("{ dog { ...A } } fragment A on Dog { ...B } fragment B on Dog { ...A }"),
                ElementsAre("Cannot spread fragment \"A\" within itself via \"B\". 1:38 1:65"));
    EXPECT_THAT(faults("{ dog { ...A } } fragment A on Dog { owner { pets { ...A } } }"),
                ElementsAre("Cannot spread fragment \"A\" within itself. 1:53"));
}

TEST(graphql_validation, variables_are_defined_used_once_named_and_of_the_right_type) {
    EXPECT_THAT(faults("query Q { human(id: $x) { name } }"),
                ElementsAre("Variable \"$x\" is not defined by operation \"Q\". 1:21 1:1"));
    EXPECT_THAT(faults("query Q($x: ID) { dog { name } }"),
                ElementsAre("Variable \"$x\" is never used in operation \"Q\". 1:9"));
    EXPECT_THAT(faults("query ($x: ID, $x: ID) { human(id: $x) { name } }"),
                ElementsAre("There can be only one variable named \"$x\". 1:9 1:17"));
    EXPECT_THAT(faults("query ($x: Dog) { human(id: $x) { name } }"),
                Contains("Variable \"$x\" cannot be non-input type \"Dog\". 1:12"));
    EXPECT_THAT(
        faults("query ($x: Command) { dog { knows(command: $x) } }"),
        ElementsAre("Variable \"$x\" of type \"Command\" used in position expecting type \"Command!\". 1:8 1:44"));
    EXPECT_THAT(faults("query ($x: Command = SIT) { dog { knows(command: $x) } }"), IsEmpty());
    EXPECT_THAT(faults("query ($x: [String!]) { find(filter: {name: \"\", tags: $x}) { name } }"), IsEmpty());
}

TEST(graphql_validation, a_variable_in_a_fragment_counts_for_every_operation_that_reaches_it) {
    const std::string fragment = " fragment F on Query { human(id: $x) { name } }";
    EXPECT_THAT(faults("query A($x: ID) { ...F } query B { ...F }" + fragment),
                ElementsAre("Variable \"$x\" is not defined by operation \"B\". 1:75 1:26"));
}

TEST(graphql_validation, directives_are_known_in_their_place_and_unrepeated) {
    EXPECT_THAT(faults("{ dog @nope { name } }"), ElementsAre("Unknown directive \"@nope\". 1:7"));
    EXPECT_THAT(faults("query @once { dog { name } }"),
                ElementsAre("Directive \"@once\" may not be used on QUERY. 1:7"));
    EXPECT_THAT(faults("{ dog @once @once { name } }"),
                ElementsAre("The directive \"@once\" can only be used once at this location. 1:7 1:13"));
}

TEST(graphql_validation, arguments_are_known_unrepeated_and_given_when_required) {
    EXPECT_THAT(faults("{ dog { knows(comand: SIT, command: SIT) } }"),
                ElementsAre("Unknown argument \"comand\" on field \"Dog.knows\". Did you mean \"command\"? 1:15"));
    EXPECT_THAT(faults("{ dog @skip(unless: true, if: false) { name } }"),
                ElementsAre("Unknown argument \"unless\" on directive \"@skip\". 1:13"));
    EXPECT_THAT(faults("{ dog { knows(command: SIT, command: SIT) } }"),
                ElementsAre("There can be only one argument named \"command\". 1:15 1:29"));
    EXPECT_THAT(
        faults("{ dog { knows } }"),
        ElementsAre(
            "Field \"knows\" argument \"command\" of type \"Command!\" is required, but it was not provided. 1:9"));
    EXPECT_THAT(
        faults("{ dog @skip { name } }"),
        ElementsAre(
            "Directive \"@skip\" argument \"if\" of type \"Boolean!\" is required, but it was not provided. 1:7"));
}

TEST(graphql_validation, values_are_of_their_type) {
    EXPECT_THAT(
        faults("{ dog { knows(command: SITT) } }"),
        ElementsAre("Value \"SITT\" does not exist in \"Command\" enum. Did you mean the enum value \"SIT\"? 1:24"));
    EXPECT_THAT(faults("{ dog { knows(command: SIT, loud: 1) } }"),
                ElementsAre("Boolean cannot represent a non boolean value: 1 1:35"));
    EXPECT_THAT(faults("{ dog { knows(command: null) } }"),
                ElementsAre("Expected value of type \"Command!\", found null. 1:24"));
    EXPECT_THAT(faults("{ find(filter: {nam: \"\", limit: 1.5}) { name } }"),
                ElementsAre("Field \"Filter.name\" of required type \"String!\" was not provided. 1:16",
                            "Field \"nam\" is not defined by type \"Filter\". Did you mean \"name\"? 1:17",
                            "Int cannot represent non-integer value: 1.5 1:33"));
    EXPECT_THAT(faults("{ find(filter: {name: \"\", name: \"\"}) { name } }"),
                ElementsAre("There can be only one input field named \"name\". 1:17 1:27"));
}

TEST(graphql_validation, introspection_does_not_nest_without_end) {
    EXPECT_THAT(faults("{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }"),
                ElementsAre("Maximum introspection depth exceeded 1:3"));
}

TEST(graphql_validation, rules_beyond_the_specification_run_only_when_asked_for) {
    EXPECT_THAT(faults("{ catOrDog { ... on Cat { old } } __schema { types { name } } }"), IsEmpty());
    EXPECT_THAT(faults("{ catOrDog { ... on Cat { old } } }", {.more = {"NoDeprecatedCustomRule"}}),
                ElementsAre("The field Cat.old is deprecated. No longer supported 1:27"));
    EXPECT_THAT(
        faults("{ __schema { description } }", {.only = {"NoSchemaIntrospectionCustomRule"}}),
        ElementsAre(
            "GraphQL introspection has been disabled, but the requested query contained the field \"__schema\". 1:3"));
}

TEST(graphql_validation, stops_at_the_limit_of_errors) {
    std::string query = "{ dog {";
    for (int i = 0; i < 500; ++i) query += " x" + std::to_string(i);
    const auto errors = faults(query + " } }");
    ASSERT_EQ(errors.size(), 101u);
    EXPECT_EQ(errors.back(), "Too many validation errors, error limit reached. Validation aborted.");
}

TEST(graphql_validation, sdl_is_checked_on_its_own) {
    EXPECT_THAT(sdl_faults("type Query { a: Strin }"),
                ElementsAre("Unknown type \"Strin\". Did you mean \"String\"? 1:17"));
    EXPECT_THAT(sdl_faults("type A { a: Int } type A { b: Int }"),
                ElementsAre("There can be only one type named \"A\". 1:6 1:24"));
    EXPECT_THAT(sdl_faults("type A { a: Int a: Int b(x: Int, x: Int): Int } enum E { V V }"),
                ElementsAre("Field \"A.a\" can only be defined once. 1:10 1:17",
                            "Argument \"A.b(x:)\" can only be defined once. 1:26 1:34",
                            "Enum value \"E.V\" can only be defined once. 1:58 1:60"));
    EXPECT_THAT(sdl_faults("schema { query: Q } schema { query: Q } type Q { a: Int }"),
                ElementsAre("Must provide only one schema definition. 1:21",
                            "There can be only one query type in schema. 1:10 1:30"));
    EXPECT_THAT(sdl_faults("directive @d on FIELD directive @d on FIELD"),
                ElementsAre("There can be only one directive named \"@d\". 1:12 1:34"));
    EXPECT_THAT(sdl_faults("type A @deprecated { a: Int }"),
                ElementsAre("Directive \"@deprecated\" may not be used on OBJECT. 1:8"));
    EXPECT_THAT(sdl_faults("scalar S extend type S { a: Int } extend type T { a: Int }"),
                ElementsAre("Cannot extend non-object type \"S\". 1:1 1:10",
                            "Cannot extend type \"T\" because it is not defined. Did you mean \"S\"? 1:47"));
}

TEST(graphql_validation, sdl_is_checked_against_the_schema_that_it_extends) {
    EXPECT_THAT(
        sdl_faults("extend type Dog { name: String } type Cat { a: Int } extend enum Command { SIT }", &the_schema()),
        ElementsAre(
            "Field \"Dog.name\" already exists in the schema. It cannot also be defined in this type extension. 1:19",
            "Type \"Cat\" already exists in the schema. It cannot also be defined in this type definition. 1:39",
            "Enum value \"Command.SIT\" already exists in the schema. It cannot also be defined in this type "
            "extension. 1:76"));
    EXPECT_THAT(sdl_faults("schema { query: Dog }", &the_schema()),
                Contains("Cannot define a new schema within a schema extension. 1:1"));
}
