#include "croft/json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using croft::json;

namespace {

json parsed(std::string_view text) { return json::parse(text); }

std::string failure(std::string_view text, const croft::json_limits& limits = {}) {
    auto result = json::try_parse(text, limits);
    return result ? "accepted: " + result->dump() : result.error().describe();
}

template <class Action>
std::string message(Action action) {
    try {
        action();
    } catch (const croft::json_error& e) {
        return e.what();
    }
    return "nothing thrown";
}

}  // namespace

TEST(json, every_kind_is_read_and_written_back) {
    const auto text = R"({"a":null,"b":[true,false],"c":-12,"d":0.5,"e":"x","f":{"g":[]}})";
    const auto value = parsed(text);
    EXPECT_EQ(value.dump(), text);
    EXPECT_TRUE(value["a"].is_null());
    EXPECT_TRUE(value["b"][0].boolean());
    EXPECT_EQ(value["c"].integer(), -12);
    EXPECT_EQ(value["d"].number(), 0.5);
    EXPECT_EQ(value["e"].text(), "x");
    EXPECT_EQ(value["f"].object().size(), 1u);
}

TEST(json, members_keep_their_source_order) {
    EXPECT_EQ(parsed(R"({"z":1,"a":2,"m":3})").dump(), R"({"z":1,"a":2,"m":3})");
}

TEST(json, of_duplicate_keys_the_last_value_wins_at_the_first_place) {
    EXPECT_EQ(parsed(R"({"a":1,"b":2,"a":3})").dump(), R"({"a":3,"b":2})");
    std::string many = R"({"k5":"first")";
    for (int i = 0; i < 40; ++i) many += ",\"k" + std::to_string(i) + "\":" + std::to_string(i);
    const auto value = parsed(many + "}");
    EXPECT_EQ(value.size(), 40u);
    EXPECT_EQ(value.object().begin()->key, "k5");
    EXPECT_EQ(value["k5"].integer(), 5);
}

TEST(json, a_large_object_finds_sets_and_erases_its_members) {
    json value;
    for (int i = 0; i < 100; ++i) value.set("k" + std::to_string(i * 7 % 100), i);
    EXPECT_EQ(value.size(), 100u);
    EXPECT_EQ(value["k7"].integer(), 1);
    value.set("k7", "new");
    EXPECT_EQ(value["k7"].text(), "new");
    EXPECT_TRUE(value.object().erase("k50"));
    EXPECT_FALSE(value.object().erase("k50"));
    EXPECT_EQ(value.find("k50"), nullptr);
    EXPECT_EQ(value["k99"].integer(), 57);
}

TEST(json, integers_are_exact_to_64_bits_and_doubles_beyond) {
    EXPECT_EQ(parsed("9223372036854775807").integer(), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(parsed("-9223372036854775808").integer(), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(parsed("9223372036854775808").number(), 9223372036854775808.0);
    EXPECT_EQ(parsed("[123456789012345678901234567890]")[0].number(), 123456789012345678901234567890.0);
    EXPECT_EQ(failure("[1, 1e999]"), "line 1, column 5: a number too large for a double");
    EXPECT_EQ(failure("0.01e999"), "line 1, column 1: a number too large for a double");
    EXPECT_EQ(parsed("[1e-999, 12345678901234567890123]")[0].number(), 0.0);
    EXPECT_EQ(json(std::uint64_t{1} << 63).kind(), json::kind_type::number);
}

TEST(json, a_failure_is_located) {
    EXPECT_EQ(failure("{\"a\": 1,\n \"b\" 2}"), "line 2, column 6: expected ':', found '2'");
    EXPECT_EQ(failure("[1, 2"), "line 1, column 6: expected ',' or ']', found the end of the text");
    EXPECT_EQ(failure("[1,]"), "line 1, column 4: expected a value, found ']'");
    EXPECT_EQ(failure(""), "line 1, column 1: expected a value, found the end of the text");
    EXPECT_EQ(failure("{'a': 1}"), "line 1, column 2: expected a key in double quotes, found '''");
    EXPECT_EQ(failure("[nul]"), "line 1, column 2: expected a value; is 'null' meant?");
    EXPECT_EQ(failure("[01]"), "line 1, column 3: a number can't start with 0");
    EXPECT_EQ(failure("[1.]"), "line 1, column 4: expected a digit, found ']'");
    EXPECT_EQ(failure("{} x"), "line 1, column 4: text after the end of the JSON value");
    EXPECT_EQ(failure("[\"a\nb\"]"), "line 1, column 4: the control character 0x0A in a string; write it as an escape");
    EXPECT_EQ(failure("[\"abc"), "line 1, column 6: a string that doesn't end");
    EXPECT_EQ(failure("\"\\x\""), "line 1, column 3: expected an escape (one of \"\\/bfnrtu), found 'x'");
    EXPECT_EQ(failure("[NaN]"), "line 1, column 2: expected a value, found 'N'");
}

TEST(json, parse_throws_an_error_that_names_the_source) {
    try {
        json::parse("[", "https://site.example/api");
        FAIL();
    } catch (const croft::parse_error& e) {
        EXPECT_STREQ(e.what(),
                     "https://site.example/api, line 1, column 2: expected a value, found the end of the text");
    }
}

TEST(json, invalid_utf8_and_half_surrogates_are_refused) {
    EXPECT_EQ(failure("\"ab\xFFz\""), "line 1, column 4: invalid UTF-8: byte 0xFF");
    EXPECT_EQ(failure("\"\xED\xA0\x80\""), "line 1, column 2: invalid UTF-8: byte 0xED");
    EXPECT_EQ(failure("\"\xC0\xAF\""), "line 1, column 2: invalid UTF-8: byte 0xC0");
    EXPECT_EQ(failure(R"("a\ud800z")"), "line 1, column 3: half of a surrogate pair");
    EXPECT_EQ(failure(R"("\udc00")"), "line 1, column 2: half of a surrogate pair");
    EXPECT_EQ(parsed(R"("\ud83d\ude00")").text(), "\xF0\x9F\x98\x80");
    EXPECT_EQ(parsed(R"([12345678901234567890123, "\ud83d\ude00\u00e9"])")[1].text(), "\xF0\x9F\x98\x80\xC3\xA9");
}

TEST(json, a_byte_order_mark_is_skipped) { EXPECT_EQ(parsed("\xEF\xBB\xBF[1]").dump(), "[1]"); }

TEST(json, what_exceeds_the_limits_is_refused) {
    EXPECT_EQ(failure("[1, 2, 3]", {.bytes = 4}), "line 1, column 1: 9 bytes, more than the 4 allowed");
    EXPECT_EQ(failure("[[[]]]", {.depth = 2}), "line 1, column 3: nested too deeply");
    EXPECT_EQ(failure("[[]]", {.depth = 2}), "accepted: [[]]");
    EXPECT_EQ(failure("[[1]]", {.depth = 2}), "accepted: [[1]]");
    EXPECT_EQ(failure("[{\"a\":1}]", {.depth = 2}), "accepted: [{\"a\":1}]");
    const std::string deep(128, '[');
    EXPECT_EQ(failure(deep + std::string(128, ']')), "accepted: " + deep + std::string(128, ']'));
    EXPECT_EQ(failure(deep + "[" + std::string(129, ']')), "line 1, column 129: nested too deeply");
    EXPECT_EQ(failure(std::string(1'000'000, '['), {.depth = 1'000'000}), "line 1, column 1001: nested too deeply");
}

TEST(json, literals_build_nested_values) {
    const auto value = json::object({{"ok", true},
                                     {"name", "Hoe"},
                                     {"tags", json::array({1, 2.5, nullptr, "x"})},
                                     {"pair", json::object({{"a", "b"}, {"c", "d"}})},
                                     {"none", json::object({})}});
    EXPECT_EQ(value.dump(), R"({"ok":true,"name":"Hoe","tags":[1,2.5,null,"x"],"pair":{"a":"b","c":"d"},"none":{}})");
    EXPECT_EQ(json::array({}).dump(), "[]");
    EXPECT_EQ(json(std::vector<int>{1, 2}).dump(), "[1,2]");
    EXPECT_EQ(json(std::optional<int>{}).dump(), "null");
    json grown;
    grown.set("rows", json::array({})).set("n", 1u);
    grown["rows"].push_back(json::array({"a"}));
    EXPECT_EQ(grown.dump(), R"({"rows":[["a"]],"n":1})");
}

TEST(json, a_wrong_type_is_answered_with_what_was_found) {
    EXPECT_EQ(message([] { (void)parsed(R"("abc")").integer(); }), R"(expected an integer, found the string "abc")");
    EXPECT_EQ(message([] { (void)parsed("3.5").integer(); }), "expected an integer, found the number 3.5");
    EXPECT_EQ(message([] { (void)parsed("[1,2]").text(); }), "expected a string, found an array of 2");
    EXPECT_EQ(message([] { (void)parsed("null").array(); }), "expected an array, found null");
    EXPECT_EQ(message([] { (void)json(std::string(500, 'x')).boolean(); }),
              "expected true or false, found the string \"" + std::string(40, 'x') + "\"…");
    EXPECT_EQ(message([] { (void)parsed("300").as<std::int8_t>(); }),
              "300 doesn't fit the signed integer type asked for");
}

TEST(json, a_missing_key_is_answered_with_the_keys_that_exist) {
    EXPECT_EQ(message([] { (void)parsed(R"({"a":1,"b":2,"c":3,"d":4,"e":5,"f":6})")["x"]; }),
              R"(no key "x": the object has "a", "b", "c", "d", "e" and 1 more)");
    EXPECT_EQ(message([] { (void)parsed("{}")["x"]; }), R"(no key "x": the object is empty)");
    EXPECT_EQ(message([] { (void)parsed("[1]")["x"]; }), R"(no key "x": expected an object, found an array of 1)");
    EXPECT_EQ(message([] { (void)parsed("[1]")[1]; }), "no element 1: the array has 1");
    EXPECT_EQ(message([] { (void)parsed("1")[0]; }), "no element 0: expected an array, found the integer 1");
}

TEST(json, a_loop_over_a_temporary_is_safe) {
    const auto fetch = [] {
        return parsed(R"({"items":[{"name":"a string too long for the small buffer"},{"name":"b"}]})");
    };
    std::string names;
    for (auto& row : fetch()["items"].array()) names += row["name"].text();
    for (const auto& [key, value] : fetch().object()) names += key;
    EXPECT_EQ(names, "a string too long for the small bufferbitems");
}

TEST(json, a_path_leads_through_objects_and_arrays) {
    const auto value = parsed(R"({"stats":{"hp":7},"drops":[{"name":"egg"}]})");
    EXPECT_EQ(value.at_path("stats.hp")->integer(), 7);
    EXPECT_EQ(value.at_path("drops.0.name")->text(), "egg");
    EXPECT_EQ(value.at_path(""), &value);
    for (auto path : {"drops.1.name", "drops.x", "stats.hp.x", "none", "drops.-1", "drops.0x"})
        EXPECT_EQ(value.at_path(path), nullptr) << path;
}

TEST(json, value_or_takes_the_fallback_for_absent_and_null_only) {
    const auto value = parsed(R"({"n":3,"s":"x","z":null})");
    EXPECT_EQ(value.value_or("n", 1), 3);
    EXPECT_EQ(value.value_or("none", 1), 1);
    EXPECT_EQ(value.value_or("z", "def"), "def");
    EXPECT_EQ(value.value_or("s", "def"), "x");
    EXPECT_THROW((void)value.value_or("s", 1), croft::json_error);
    EXPECT_EQ(value["z"].as<std::optional<int>>(), std::nullopt);
    EXPECT_EQ(value["n"].as<std::optional<int>>(), 3);
}

TEST(json, numbers_compare_by_value_and_objects_regardless_of_order) {
    EXPECT_EQ(json(1), json(1.0));
    EXPECT_NE(json(9007199254740993), json(9007199254740992.0));
    EXPECT_EQ(parsed(R"({"a":1,"b":[2]})"), parsed(R"({"b":[2.0],"a":1})"));
    EXPECT_NE(parsed(R"({"a":1})"), parsed(R"({"b":1})"));
    EXPECT_NE(json(0), json(false));
    EXPECT_EQ(json(3.0).integer(), 3);
}

TEST(json, written_text_is_always_valid) {
    EXPECT_EQ(json("a\"\\\n\x01/").dump(), "\"a\\\"\\\\\\n\\u0001/\"");
    EXPECT_EQ(json("\xFFk\xC3\xA4\xE2\x82").dump(), "\"\xEF\xBF\xBDk\xC3\xA4\xEF\xBF\xBD\xEF\xBF\xBD\"");
    EXPECT_EQ(json(std::nan("")).dump(), "null");
    EXPECT_EQ(json(std::numeric_limits<double>::infinity()).dump(), "null");
    for (double number : {0.1, 1e300, 5e-324, -2.5, 123456789.123456789})
        EXPECT_EQ(parsed(json(number).dump()).number(), number);
}

TEST(json, indented_text_has_a_line_a_member) {
    EXPECT_EQ(parsed(R"({"a":[1,{}],"b":[]})").dump(2), "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}
