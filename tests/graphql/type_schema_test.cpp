#include "graphql/type/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "graphql/language/parser.hpp"
#include "graphql/type/build_schema.hpp"
#include "graphql/type/print_schema.hpp"
#include "graphql/validation/validate_schema.hpp"

using namespace croft;
using graphql::schema;

namespace {

schema built(std::string sdl) {
    auto made = graphql::build_schema(std::move(sdl));
    if (!made) throw croft::error(made.error().front().message);
    return *made;
}

std::string link_error(graphql::schema_parts parts) {
    auto linked = schema::link(std::move(parts));
    return linked ? "linked" : linked.error().front().message;
}

std::vector<std::string> faults(std::string sdl) {
    std::vector<std::string> messages;
    for (const auto& each : graphql::validate_schema(built(std::move(sdl)))) messages.push_back(each.message);
    return messages;
}

graphql::schema_parts small_parts() {
    graphql::schema_parts parts{.query = "Query"};
    parts.types.push_back({.name = "Query",
                           .fields = {{.name = "item",
                                       .type_name = "[Item!]!",
                                       .arguments = {{.name = "first", .type_name = "Int", .default_text = "20"}}}}});
    parts.types.push_back({.name = "Item", .fields = {{.name = "name", .type_name = "String!"}}});
    return parts;
}

}  // namespace

TEST(graphql_schema, parts_made_in_code_are_linked_by_name) {
    static const int column = 7;
    auto parts = small_parts();
    parts.types[0].fields[0].binding = &column;
    auto linked = schema::link(std::move(parts));
    ASSERT_TRUE(linked) << linked.error().front().message;
    const auto* query = linked->root(graphql::operation_type::query);
    ASSERT_TRUE(query);
    const auto* field = query->field("item");
    ASSERT_TRUE(field);
    EXPECT_EQ(field->binding, &column);
    EXPECT_EQ(to_string(field->type), "[Item!]!");
    EXPECT_EQ(&field->type.named(), linked->type("Item"));
    EXPECT_EQ(*field->argument("first")->default_value, json(20));
    EXPECT_EQ(linked->type("Nothing"), nullptr);
    EXPECT_TRUE(graphql::validate_schema(*linked).empty());
}

TEST(graphql_schema, a_type_unwraps_from_the_outside) {
    const schema schema = *schema::link(small_parts());
    const graphql::type type = schema.type("Query")->field("item")->type;
    EXPECT_TRUE(type.is_non_null());
    EXPECT_TRUE(type.inner().is_list());
    EXPECT_TRUE(type.inner().inner().is_non_null());
    EXPECT_FALSE(type.inner().inner().inner().is_wrapped());
    EXPECT_EQ(graphql::type(*schema.type("Item")).non_null().list_of().non_null(), type);
}

TEST(graphql_schema, linking_names_what_is_unknown_repeated_or_does_not_fit) {
    auto unknown = small_parts();
    unknown.types[1].fields[0].type_name = "Strin";
    EXPECT_EQ(link_error(unknown), "Unknown type \"Strin\" in Item.name.");
    auto unreadable = small_parts();
    unreadable.types[1].fields[0].type_name = "[String";
    EXPECT_EQ(link_error(unreadable),
              "Item.name has the type \"[String\", which can't be read: Syntax Error: Expected \"]\", found <EOF>.");
    auto repeated = small_parts();
    repeated.types.push_back(repeated.types[1]);
    EXPECT_EQ(link_error(repeated), "There can be only one type named \"Item\".");
    auto twice = small_parts();
    twice.types[1].fields.push_back(twice.types[1].fields[0]);
    EXPECT_EQ(link_error(twice), "Field \"Item.name\" can only be defined once.");
    auto misfit = small_parts();
    misfit.types[0].fields[0].arguments[0].default_text = "\"x\"";
    EXPECT_EQ(link_error(misfit), "Query.item.first has the default \"x\", which is no value of type \"Int\".");
    auto rootless = small_parts();
    rootless.mutation = "Mutation";
    EXPECT_EQ(link_error(rootless), "Unknown type \"Mutation\", the mutation root.");
}

TEST(graphql_schema, only_scalars_that_are_used_are_part_of_it) {
    const schema schema = built("type Query { a: Int }");
    EXPECT_TRUE(schema.type("Int"));
    EXPECT_TRUE(schema.type("String"));  // introspection uses it
    EXPECT_FALSE(schema.type("Float"));
    EXPECT_FALSE(schema.type("ID"));
}

TEST(graphql_schema, introspection_is_reached_from_the_query_root) {
    const schema schema = built("type Query { a: A } type A { b: Int } union U = A");
    EXPECT_EQ(to_string(schema.field(*schema.type("Query"), "__schema")->type), "__Schema!");
    EXPECT_EQ(to_string(schema.field(*schema.type("Query"), "__type")->argument("name")->type), "String!");
    EXPECT_EQ(schema.field(*schema.type("A"), "__schema"), nullptr);
    EXPECT_EQ(to_string(schema.field(*schema.type("U"), "__typename")->type), "String!");
    EXPECT_EQ(to_string(schema.type("__Type")->field("fields")->type), "[__Field!]");
}

TEST(graphql_schema, knows_which_types_can_stand_for_which) {
    const schema schema = built(R"(type Query { a: N } interface N { x: Int } interface M implements N { x: Int }
        type A implements N & M { x: Int } type B { x: Int } union U = A | B)");
    const auto type = [&](const char* name) { return graphql::type(*schema.type(name)); };
    EXPECT_TRUE(schema::is_subtype(type("A"), type("N")));
    EXPECT_TRUE(schema::is_subtype(type("M"), type("N")));
    EXPECT_TRUE(schema::is_subtype(type("A").non_null(), type("U")));
    EXPECT_FALSE(schema::is_subtype(type("A"), type("N").non_null()));
    EXPECT_FALSE(schema::is_subtype(type("B"), type("N")));
    EXPECT_FALSE(schema::is_subtype(type("A").list_of(), type("A")));
    EXPECT_TRUE(schema::overlap(*schema.type("U"), *schema.type("N")));
    EXPECT_FALSE(schema::overlap(*schema.type("B"), *schema.type("N")));
    EXPECT_EQ(schema.type("N")->possible, std::vector{schema.type("A")});
}

TEST(graphql_schema, defaults_fill_the_gaps_of_input_objects_wherever_they_are_defined) {
    const schema schema =
        built("type Query { a(o: Outer = {}): Int } input Outer { inner: Inner = {} } input Inner { x: Int = 1 }");
    const auto& argument = *schema.type("Query")->field("a")->argument("o");
    EXPECT_EQ(argument.default_value->dump(), R"({"inner":{"x":1}})");
}

TEST(graphql_schema, printing_gives_the_sdl_that_it_was_built_from) {
    const std::string sdl = R"("""All of it"""
schema {
  query: Root
}

"""A mark"""
directive @mark(
  """How strong"""
  level: Int = 1
) repeatable on FIELD | OBJECT

scalar Time @specifiedBy(url: "https://example.org/time")

"""
The root,
described
"""
type Root implements Node {
  id: ID!

  """A field"""
  items(first: Int = 10, order: [Order!] = [NAME], filter: Filter = {name: "x", at: {deep: 1}}): [Item!]! @deprecated(reason: "old")
}

interface Node {
  id: ID!
}

union Item = Root

enum Order {
  NAME

  """By date"""
  DATE @deprecated
}

input Filter {
  name: String
  at: Time
}

input Either @oneOf {
  a: Int
  b: String
})";
    EXPECT_EQ(graphql::print_schema(built(sdl)), sdl);
}

TEST(graphql_schema, printing_by_name_does_not_depend_on_the_order_of_definitions) {
    EXPECT_EQ(graphql::print_schema(built("type Query { b: B } type B { x: Int } type A { x: Int }"),
                                    graphql::sdl_order::name),
              graphql::print_schema(built("type A { x: Int } type B { x: Int } type Query { b: B }"),
                                    graphql::sdl_order::name));
}

TEST(graphql_schema, extending_keeps_bindings_and_adds) {
    static const int mark = 1;
    auto parts = small_parts();
    parts.types[1].binding = &mark;
    const schema base = *schema::link(std::move(parts));
    const auto extended = graphql::extend_schema(
        base, *graphql::parse(
                  "extend type Item { price: Int } type Mutation { a: Int } extend schema { mutation: Mutation }"));
    ASSERT_TRUE(extended) << extended.error().front().message;
    EXPECT_TRUE(extended->type("Item")->field("price"));
    EXPECT_EQ(extended->type("Item")->binding, &mark);
    EXPECT_EQ(extended->root(graphql::operation_type::mutation)->name, "Mutation");
    EXPECT_FALSE(base.type("Item")->field("price"));
}

TEST(graphql_schema, a_copy_outlives_the_original) {
    auto original = std::make_unique<schema>(built("type Query { a: Int }"));
    const schema copy = *original;
    original.reset();
    EXPECT_TRUE(copy.type("Query")->field("a"));
}

TEST(graphql_schema, is_checked_as_a_whole) {
    using testing::Contains;
    EXPECT_THAT(faults("type A { a: Int }"), Contains("Query root type must be provided."));
    EXPECT_THAT(faults("input I { a: Int } schema { query: I }"),
                Contains("Query root type must be Object type, it cannot be I."));
    EXPECT_THAT(faults("type Query { __a: Int }"),
                Contains("Name \"__a\" must not begin with \"__\", which is reserved by GraphQL introspection."));
    EXPECT_THAT(faults("type Query { a(b: Query): Int }"),
                Contains("The type of Query.a(b:) must be Input Type but got: Query."));
    EXPECT_THAT(faults("type Query { a: I } input I { a: Int }"),
                Contains("The type of Query.a must be Output Type but got: I."));
    EXPECT_THAT(faults("type Query"), Contains("Type Query must define one or more fields."));
    EXPECT_THAT(faults("type Query implements N { a: Int } interface N { b: Int }"),
                Contains("Interface field N.b expected but Query does not provide it."));
    EXPECT_THAT(faults("type Query implements N { a: String } interface N { a: Int }"),
                Contains("Interface field N.a expects type Int but Query.a is type String."));
    EXPECT_THAT(
        faults("type Query implements N { a(x: Int!): Int } interface N { a: Int }"),
        Contains("Object field Query.a includes required argument x that is missing from the Interface field N.a."));
    EXPECT_THAT(faults("type Query implements M { a: Int } interface N { a: Int } interface M implements N { a: Int }"),
                Contains("Type Query must implement N because it is implemented by M."));
    EXPECT_THAT(faults("type Query { a: U } union U = E enum E { A }"),
                Contains("Union type U can only include Object types, it cannot include E."));
    EXPECT_THAT(
        faults("type Query { a(i: A): Int } input A { b: B! } input B { a: A! }"),
        Contains("Cannot reference Input Object \"A\" within itself through a series of non-null fields: \"b.a\"."));
    EXPECT_TRUE(faults("type Query { a(i: A): Int } input A { b: [A!]! }").empty());
}
