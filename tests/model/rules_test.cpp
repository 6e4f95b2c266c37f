// Conversions, checks and names: what a serializer makes of a source's way of writing things.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "croft/load.hpp"

namespace rules_test {

enum class quality { poor, fair, good };

struct Offer {
    std::int64_t id = 0;
    std::string name;
    double price = 0;
    std::optional<std::int32_t> stock;
    bool open = false;
    std::optional<croft::time_point> since, until;
    std::string offer_kind = "any";
    croft::decimal<2> fee;
    quality how = quality::fair;
};
CROFT_MODEL(Offer, unique<&Offer::name>);

using namespace croft;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> faults(const incoming& read) {
    std::vector<std::string> said;
    for (const auto& one : read.rejected) said.push_back(one.describe());
    return said;
}

/// The value of a field that is read by one rule, as text; or why there is none.
template <class... Options>
std::string read_as(auto member, std::string source, Options... options) {
    const serializer<Offer> rows(from<&Offer::name>("n"), from<decltype(member)::value>("v", options...));
    const auto read = rows.read(json::parse(R"([{"n": "one", "v": )" + source + "}]"));
    return read.rejected.empty() ? to_text(read.rows.at(0).at(1)) : "! " + read.rejected.at(0).reason;
}
template <auto Member>
inline constexpr std::integral_constant<decltype(Member), Member> field_of{};
constexpr auto price = field_of<&Offer::price>;
constexpr auto stock = field_of<&Offer::stock>;
constexpr auto open = field_of<&Offer::open>;
constexpr auto since = field_of<&Offer::since>;
constexpr auto kind = field_of<&Offer::offer_kind>;
constexpr auto fee = field_of<&Offer::fee>;
constexpr auto how = field_of<&Offer::how>;

constexpr number_format german{.decimal = ',', .group = '.'}, french{.decimal = ',', .group = ' '};

TEST(rules, numbers_are_read_with_the_separators_that_were_named_and_never_guessed) {
    EXPECT_EQ(read_as(price, R"("1,234.50")", numbers()), "1234.5");
    EXPECT_EQ(read_as(price, R"("1.234,50")", numbers(german)), "1234.5");
    EXPECT_EQ(read_as(price, "\"1\u00a0234\u202f567,5\"", numbers(french)), "1234567.5");
    EXPECT_EQ(read_as(price, R"(" -12 ")", numbers()), "-12");
    EXPECT_EQ(read_as(price, R"("12,34,567")", numbers()), "1234567");
    EXPECT_EQ(read_as(stock, R"("007")", numbers()), "7");
    EXPECT_EQ(read_as(price, R"("0.5")", numbers()), "0.5");
    EXPECT_EQ(read_as(price, "3.25", numbers()), "3.25");
    EXPECT_EQ(read_as(price, R"("1,5")", numbers()), R"(! "1,5" is not a number as 1,234.5)");
    EXPECT_EQ(read_as(price, R"("1.234.5")", numbers(german)), R"(! "1.234.5" is not a number as 1.234,5)");
    EXPECT_EQ(read_as(price, R"("12 gold")", numbers()), R"(! "12 gold" is not a number as 1,234.5)");
    EXPECT_EQ(read_as(price, R"("")", numbers()), R"(! "" is not a number as 1,234.5)");
    EXPECT_EQ(read_as(price, R"("12")"), R"(! Offer.price: "12" is not a number)");
}

TEST(rules, nothing_is_null_in_each_of_its_spellings) {
    for (auto* source : {"null", "0", R"("")", R"("  ")", R"("0")", "0.0", R"("0000")"})
        EXPECT_EQ(read_as(stock, source, numbers(), zero_is_null), "null") << source;
    for (auto* source : {R"("0000-00-00")", R"("0000-00-00 00:00:00")", R"("")"})
        EXPECT_EQ(read_as(since, source, zero_is_null), "null") << source;
    EXPECT_EQ(read_as(stock, "7", zero_is_null), "7");
    EXPECT_EQ(read_as(stock, R"("0")", numbers(), required), "0");
    EXPECT_EQ(read_as(stock, R"("0")", numbers(), zero_is_null, required), "! is empty, but required");
}

TEST(rules, words_and_numbers_become_booleans) {
    for (auto* source : {"true", "1", R"("yes")", R"("Y")", R"(" TRUE ")", R"("on")", R"("1")"})
        EXPECT_EQ(read_as(open, source, yes_no()), "true") << source;
    for (auto* source : {"false", "0", R"("no")", R"("N")", R"("off")", R"("0")"})
        EXPECT_EQ(read_as(open, source, yes_no()), "false") << source;
    EXPECT_EQ(read_as(open, R"("maybe")", yes_no()), R"(! "maybe" is neither "yes" nor "no")");
    EXPECT_EQ(read_as(open, R"("ja")", yes_no("ja", "nein")), "true");
    EXPECT_EQ(read_as(open, R"("yes")", yes_no("ja", "nein")), R"(! "yes" is neither "ja" nor "nein")");
}

TEST(rules, dates_are_read_in_the_formats_and_the_zone_that_were_named) {
    const auto in_berlin = dates("%d.%m.%Y %H:%M", "Europe/Berlin");
    EXPECT_EQ(read_as(since, R"("01.03.2026 12:30")", in_berlin), "2026-03-01T11:30:00.000000Z");
    EXPECT_EQ(read_as(since, R"("01.07.2026 12:30")", in_berlin), "2026-07-01T10:30:00.000000Z");
    EXPECT_EQ(read_as(since, R"("29.03.2026 02:30")", in_berlin), "2026-03-29T01:00:00.000000Z");  // the gap's end
    EXPECT_EQ(read_as(since, R"("25.10.2026 02:30")", in_berlin), "2026-10-25T00:30:00.000000Z");  // the first of two
    EXPECT_EQ(read_as(since, R"("2026-03-01T12:00:00.25+02:00")", dates("%Y-%m-%dT%H:%M:%S%Ez", "Europe/Berlin")),
              "2026-03-01T10:00:00.250000Z");
    const auto either = dates({"%Y-%m-%d", "%d %b %Y"});
    EXPECT_EQ(read_as(since, R"("1 Mar 2026")", either), "2026-03-01T00:00:00.000000Z");
    EXPECT_EQ(read_as(since, R"("2026-03-01")", either), "2026-03-01T00:00:00.000000Z");
    EXPECT_EQ(read_as(since, R"("2026-03-01 noon")", either),
              R"(! "2026-03-01 noon" is not a date as %Y-%m-%d or %d %b %Y)");
    EXPECT_EQ(read_as(since, R"("30.02.2026 12:00")", in_berlin),
              R"(! "30.02.2026 12:00" is not a date as %d.%m.%Y %H:%M)");
    EXPECT_THROW(dates("%Y", "Europe/Atlantis"), config_error);
    EXPECT_EQ(read_as(since, "1772366400", unix_seconds), "2026-03-01T12:00:00.000000Z");
    EXPECT_EQ(read_as(since, R"("1772366400500")", unix_millis), "2026-03-01T12:00:00.500000Z");
}

TEST(rules, entities_are_decoded_and_tags_are_left_alone) {
    EXPECT_EQ(read_as(kind, R"("Fish &amp; chips &#39;n&#x27; &eacute;&nbsp;<b>")", html_entities),
              "\"Fish & chips 'n' é\u00a0<b>\"");
    EXPECT_EQ(read_as(kind, R"("\n&lt;</textarea>&amp;amp;")", html_entities), "\" <</textarea>&amp;\"");
    EXPECT_EQ(read_as(kind, "\"\\u00a0 tool\\n\"", trimmed), "\"tool\"");
}

TEST(rules, codes_are_mapped_and_unknown_ones_refused) {
    const auto codes = mapped({{"W", "weapon"}, {"7", "armour"}});
    EXPECT_EQ(read_as(kind, R"("W")", codes), "\"weapon\"");
    EXPECT_EQ(read_as(kind, "7", codes), "\"armour\"");
    EXPECT_EQ(read_as(kind, R"("X")", codes), R"(! "X" is none of "W", "7")");
}

TEST(rules, checks_run_after_conversions_and_say_what_is_wrong) {
    EXPECT_EQ(read_as(price, R"("1,000")", in_range(0, 999), numbers()), "! 1000 is not within 0 … 999");
    EXPECT_EQ(read_as(kind, R"("äöü")", max_length(3)), "\"äöü\"");
    EXPECT_EQ(read_as(kind, R"("äöüß")", max_length(3)), "! 4 characters long; at most 3 are allowed");
    EXPECT_EQ(read_as(kind, R"("a")", length(2, 3)), "! 1 characters long; 2 to 3 are allowed");
    EXPECT_EQ(read_as(kind, R"("a_b")", pattern("[a-z_]+")), "\"a_b\"");
    EXPECT_EQ(read_as(kind, R"("a b")", pattern("[a-z_]+")), R"(! "a b" doesn't match [a-z_]+)");
    EXPECT_THROW(pattern("("), config_error);
    EXPECT_EQ(read_as(kind, R"("tool")", one_of("tool", "seed")), "\"tool\"");
    EXPECT_EQ(read_as(kind, R"("axe")", one_of("tool", "seed")), R"(! "axe" is none of "tool", "seed")");
    EXPECT_EQ(read_as(stock, "3", one_of(1, 2)), "! 3 is none of 1, 2");
    EXPECT_EQ(read_as(price, "2", one_of(1, 2)), "2");
    EXPECT_EQ(read_as(fee, "2.50", one_of(1, 2.5)), "2.50");
}

TEST(rules, decimals_are_read_exactly_and_checked_like_other_numbers) {
    EXPECT_EQ(read_as(fee, R"("1.234,50")", numbers(german), in_range(0, 2000)), "1234.50");
    EXPECT_EQ(read_as(fee, "3000", in_range(0, 2000)), "! 3000 is not within 0 … 2000");
    EXPECT_EQ(read_as(fee, R"("1234567890123456.78")"), "1234567890123456.78");
    EXPECT_THAT(read_as(fee, "0.125"), testing::HasSubstr("at most 16 digits before the point and 2 after it"));
}

TEST(rules, enums_are_read_by_their_names_and_codes_are_mapped_to_them) {
    EXPECT_EQ(read_as(how, R"("good")"), "\"good\"");
    EXPECT_EQ(read_as(how, R"("A")", mapped({{"A", "good"}})), "\"good\"");
    EXPECT_THAT(read_as(how, R"("god")"), testing::HasSubstr("did you mean \"good\""));
}

TEST(rules, a_path_goes_through_objects_and_arrays) {
    const serializer<Offer> rows(from<&Offer::price>("prices.1.net"));
    const auto read = rows.read(json::parse(R"([{"name": "a", "prices": [{"net": 1}, {"net": 2.5}]}])"));
    EXPECT_EQ(read.rows.at(0).at(0), value(2.5));
    EXPECT_THAT(faults(serializer<Offer>(from<&Offer::price>("prices.1.net", required))
                           .read(json::parse(R"([{"name": "a", "prices": [{"net": 1}]}])"))),
                ElementsAre("row 1, \"prices.1.net\": is missing"));
}

TEST(rules, a_pattern_takes_no_longer_for_a_hostile_text) {
    EXPECT_EQ(read_as(kind, '"' + std::string(20'000, 'a') + "!\"", pattern("(a|a)*(a|aa)*b")).substr(0, 1), "!");
}

TEST(rules, a_check_across_fields_sees_the_object_and_rejects_the_row) {
    const serializer<Offer> rows(
        check("it ends before it begins",
              [](const Offer& offer) { return !offer.since || !offer.until || *offer.since <= *offer.until; }),
        check([](const Offer& offer) { return offer.open && offer.stock == 0 ? offer.name + " is sold out" : ""; }));
    const auto read = rows.read(json::parse(R"([
        {"name": "a", "since": "2026-03-02T00:00:00Z", "until": "2026-03-01T00:00:00Z"},
        {"name": "b", "since": "2026-03-01T00:00:00Z", "until": "2026-03-02T00:00:00Z"},
        {"name": "c", "open": true, "stock": 0}])"));
    EXPECT_THAT(faults(read), ElementsAre("row 1: it ends before it begins", "row 3: c is sold out"));
    EXPECT_EQ(read.rows.size(), 1u);
}

TEST(rules, all_faults_of_a_row_are_told_with_what_was_found) {
    const serializer<Offer> rows(from<&Offer::price>("p.x", in_range(0, 1)), from<&Offer::open>("o"));
    const auto read = rows.read(json::parse(R"([{"name": "a", "p": {"x": 7}, "o": [1, 2]}])"));
    ASSERT_EQ(read.rejected.size(), 2u);
    EXPECT_EQ(read.rejected_rows, 1u);
    EXPECT_EQ(read.rejected[0].found, "7");
    EXPECT_EQ(read.rejected[1].path, "o");
    EXPECT_EQ(read.rejected[1].found, "[1,2]");
    EXPECT_EQ(*read.rejected[0].source, R"({"name":"a","p":{"x":7},"o":[1,2]})");
}

TEST(rules, fields_map_by_themselves_in_the_style_that_was_named) {
    const auto mapped_fields = [](naming style, const char* source) {
        return serializer<Offer>(from<&Offer::name>("n"), style).read(json::parse(source)).fields.size() == 2;
    };
    EXPECT_TRUE(mapped_fields(naming::as_model, R"([{"n": "a", "offer_kind": "x"}])"));
    EXPECT_TRUE(mapped_fields(naming::as_model, R"([{"n": "a", "offerKind": "x"}])"));
    EXPECT_FALSE(mapped_fields(naming::as_model, R"([{"n": "a", "OfferKind": "x"}])"));
    EXPECT_TRUE(mapped_fields(naming::pascal_case, R"([{"n": "a", "OfferKind": "x"}])"));
    EXPECT_TRUE(mapped_fields(naming::kebab_case, R"([{"n": "a", "offer-kind": "x"}])"));
    EXPECT_FALSE(mapped_fields(naming::camel_case, R"([{"n": "a", "offer_kind": "x"}])"));
}

TEST(rules, source_fields_that_nothing_maps_are_reported_or_refused) {
    const auto source = json::parse(R"([{"name": "a", "colour": 1, "_links": []}])");
    EXPECT_THAT(serializer<Offer>().read(source).unknown, ElementsAre("_links", "colour"));
    EXPECT_THAT(serializer<Offer>(ignores("_links", "colour"), unknown_fields::refuse).read(source).unknown, IsEmpty());
    const auto nested =
        json::parse(R"([{"name": "a", "stats": {"hp": 1, "mp": 2, "more": {"x": 1}}, "tags": {"y": 2}}])");
    EXPECT_THAT(serializer<Offer>(from<&Offer::price>("stats.hp"), ignores("stats.more")).read(nested).unknown,
                ElementsAre("stats.mp", "tags"));
    try {
        serializer<Offer>(unknown_fields::refuse).read(source);
        FAIL() << "it was read";
    } catch (const error& e) {
        EXPECT_EQ(std::string(e.what()),
                  "rows of Offer: the source has fields that nothing maps: _links, colour; "
                  "nothing was loaded. Map them, or name them in ignores(…)");
    }
}

}  // namespace rules_test
