#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "graphql/language/parser.hpp"
#include "graphql/type/build_schema.hpp"
#include "graphql/validation/rules/overlapping_fields.hpp"
#include "graphql/validation/validate.hpp"

using namespace croft;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

const graphql::schema& the_schema() {
    static const auto schema = graphql::build_schema(R"(
        interface Box { self: Box text: String }
        type IntBox implements Box { self: Box text: String value: Int deep: IntBox }
        type TextBox implements Box { self: Box text: String value: String! deep: TextBox }
        type Query { box: Box f(x: Int, o: In): Query a: String b: String q: Query } input In { a: Int b: Int })");
    return *schema;
}

std::vector<std::string> faults(std::string text) {
    auto document = graphql::parse(std::move(text), graphql::parse_options::for_schema());
    if (!document) return {document.error().describe()};
    std::vector<std::string> lines;
    for (const auto& each :
         graphql::validate(the_schema(), *document, {.only = {"OverlappingFieldsCanBeMergedRule"}})) {
        const auto end = each.message.find(". Use different aliases");
        std::string line = each.message.substr(0, end);
        for (const auto& place : each.locations) line += " " + std::to_string(place.column);
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string repeat(int times, const auto& part) {
    std::string out;
    for (int i = 0; i < times; ++i) out += part(i);
    return out;
}

}  // namespace

TEST(graphql_overlap, equal_fields_merge) {
    EXPECT_THAT(faults("{ a a f(x: 1, o: {a: 1, b: 2}) { a } f(o: {b: 2, a: 1}, x: 1) { b } }"), IsEmpty());
}

TEST(graphql_overlap, different_fields_or_arguments_under_one_name_conflict) {
    EXPECT_THAT(faults("{ x: a x: b }"),
                ElementsAre("Fields \"x\" conflict because \"a\" and \"b\" are different fields 3 8"));
    EXPECT_THAT(faults("{ f(x: 1) { a } f { a } }"),
                ElementsAre("Fields \"f\" conflict because they have differing arguments 3 17"));
}

TEST(graphql_overlap, every_conflicting_pair_is_named) {
    EXPECT_THAT(faults("{ x: a x: b x: q { a } }"),
                ElementsAre("Fields \"x\" conflict because \"a\" and \"b\" are different fields 3 8",
                            "Fields \"x\" conflict because \"a\" and \"q\" are different fields 3 13",
                            "Fields \"x\" conflict because \"b\" and \"q\" are different fields 8 13"));
}

TEST(graphql_overlap, fields_of_different_objects_need_the_same_shape_only) {
    EXPECT_THAT(faults("{ box { ... on IntBox { x: text } ... on TextBox { x: text text } } }"), IsEmpty());
    EXPECT_THAT(faults("{ box { ... on IntBox { x: self { text } } ... on TextBox { x: deep { text } } } }"),
                IsEmpty());
    EXPECT_THAT(
        faults("{ box { ... on IntBox { value } ... on TextBox { value } } }"),
        ElementsAre("Fields \"value\" conflict because they return conflicting types \"Int\" and \"String!\" 25 50"));
    EXPECT_THAT(
        faults("{ box { ... on IntBox { deep { x: value } } ... on TextBox { deep { x: text } } } }"),
        ElementsAre("Fields \"deep\" conflict because subfields \"x\" conflict because they return conflicting types "
                    "\"Int\" and \"String\" 25 32 62 69"));
}

TEST(graphql_overlap, a_field_of_an_interface_meets_those_of_every_object) {
    EXPECT_THAT(faults("{ box { x: text ... on IntBox { x: self { text } } } }").size(), 1u);
    EXPECT_THAT(faults("{ box { ... on IntBox { x: value } ... on TextBox { y: text } x: text } }").size(), 1u);
}

TEST(graphql_overlap, conflicts_inside_are_reported_at_the_outermost_fields_that_differ) {
    EXPECT_THAT(
        faults("{ q { x: a y: b } q { x: b y: a } }"),
        ElementsAre(
            "Fields \"q\" conflict because subfields \"x\" conflict because \"a\" and \"b\" are different fields and "
            "subfields \"y\" conflict because \"b\" and \"a\" are different fields 3 7 12 19 23 28"));
    EXPECT_THAT(
        faults("{ q { q { x: a } q { x: b } } }"),
        ElementsAre(
            "Fields \"q\" conflict because subfields \"x\" conflict because \"a\" and \"b\" are different fields 7 "
            "11 18 22"));
}

TEST(graphql_overlap, fragments_are_looked_through) {
    EXPECT_THAT(faults("{ ...A ...B } fragment A on Query { x: a } fragment B on Query { x: b }"),
                ElementsAre("Fields \"x\" conflict because \"a\" and \"b\" are different fields 37 66"));
    EXPECT_THAT(faults("fragment A on Query { x: a ...B } fragment B on Query { x: b ...A }").size(), 1u);
}

TEST(graphql_overlap, fragments_that_reach_themselves_end) {
    EXPECT_THAT(faults("{ ...A } fragment A on Query { q { ...A ...B } } fragment B on Query { q { ...B } ...A }"),
                IsEmpty());
}

TEST(graphql_overlap, fields_repeated_thousands_of_times_are_compared_once_each) {
    EXPECT_THAT(faults("{" + repeat(100'000, [](int) { return "a "; }) + "}"), IsEmpty());
    EXPECT_THAT(faults("{" + repeat(30'000, [](int i) { return "q{x" + std::to_string(i) + ":a}"; }) + "}"), IsEmpty());
}

TEST(graphql_overlap, fragments_that_double_the_work_at_each_level_cost_no_more_than_their_number) {
    EXPECT_THAT(faults("{ ...F0 } " +
                       repeat(1000,
                              [](int i) {
                                  const std::string own = std::to_string(i), next = std::to_string(i + 1);
                                  return "fragment F" + own + " on Query { q { ...F" + next + " } r: q { ...F" + next +
                                         " } } ";
                              }) +
                       "fragment F1000 on Query { a }"),
                IsEmpty());
}

TEST(graphql_overlap, a_document_made_to_have_exponentially_many_merged_sets_is_refused) {
    // Each level offers two fragments under q and one under r: which meet below depends on the whole way down.
    const auto level = [](int i, const char* name, const char* q, const char* r) {
        const std::string next = std::to_string(i + 1);
        return std::string("fragment ") + name + std::to_string(i) + " on Query { q { ..." + q + next +
               " } r: q { ..." + r + next + " } } ";
    };
    std::string text = "{ ...A0 ...B0 ...C0 ...D0 }";
    const int levels = 200;
    std::string names = "ABCDEFGHIJKLMNOPQRSTUVWX";
    for (int i = 0; i < levels; ++i)
        for (std::size_t n = 0; n < names.size(); ++n) {
            const std::string own(1, names[n]), next(1, names[(n + 1) % names.size()]),
                far(1, names[(n * 7 + 3) % names.size()]);
            text += level(i, own.c_str(), next.c_str(), ((i + n) % 3 ? far : own).c_str());
        }
    for (char name : names) text += std::string("fragment ") + name + std::to_string(levels) + " on Query { a } ";
    const auto errors = faults(text);
    EXPECT_THAT(errors, ElementsAre("The document's fields overlap in too many ways to be checked."));
}

TEST(graphql_overlap, a_long_chain_of_fragments_needs_no_deep_stack) {
    std::string text = "{ ...F0 } ";
    for (int i = 0; i < 5'000; ++i)
        text += "fragment F" + std::to_string(i) + " on Query { q { ...F" + std::to_string(i + 1) + " } } ";
    auto document = graphql::parse(text + "fragment F5000 on Query { a }", graphql::parse_options::for_schema());
    ASSERT_TRUE(document);
    EXPECT_TRUE(graphql::validate(the_schema(), *document).empty());
}

TEST(graphql_overlap, a_thousand_operations_that_each_reach_a_thousand_fragments_are_refused) {
    const auto number = [](int i) { return std::to_string(i); };
    const std::string text =
        repeat(1200, [&](int i) { return "query Q" + number(i) + " { ...F" + number(i) + " } "; }) +
        repeat(1200,
               [&](int i) { return "fragment F" + number(i) + " on Query { ...F" + number((i + 1) % 1200) + " } "; });
    EXPECT_THAT(faults(text), ElementsAre("The document's fields overlap in too many ways to be checked."));
}
