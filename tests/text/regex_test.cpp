#include "text/regex.hpp"

#include <gtest/gtest.h>

using croft::text::regex;

TEST(regex, finds_what_the_pattern_says) {
    struct {
        const char *pattern, *text;
        bool found;
    } const cases[] = {
        {"", "", true},
        {"", "abc", true},
        {"b", "abc", true},
        {"^b", "abc", false},
        {"c$", "abc", true},
        {"^abc$", "abc", true},
        {"a.c", "a\nc", true},
        {"a|b", "xb", true},
        {"^(a|bc)+$", "abcbca", true},
        {"^(a|bc)+$", "abca b", false},
        {"^a{2,3}$", "a", false},
        {"^a{2,3}$", "aaa", true},
        {"^a{2,3}$", "aaaa", false},
        {"^a{2}$", "aa", true},
        {"^a{2,}$", "aaaaa", true},
        {"[a-c]x", "bx", true},
        {"[^a-c]x", "bx", false},
        {"[^a-c]x", "äx", true},
        {"^.$", "ä", true},
        {"[ä-ü]", "ö", true},
        {"\\d+\\.\\d", "v10.5", true},
        {"^\\w+$", "a_1", true},
        {"^\\w+$", "ä", false},
        {"\\s", "a\tb", true},
        {"^\\D$", "5", false},
        {"[\\d-]", "-", true},
        {"[a\\]]", "]", true},
        {"a*?b", "aab", true},
        {"(?:ab)?c", "c", true},
        {"()", "x", true},
        {"a||b", "", true},
        {"^(a?){20}a{20}$", "aaaaaaaaaaaaaaaaaaaa", true},
    };
    for (auto& one : cases)
        EXPECT_EQ(regex::checked(one.pattern).found_in(one.text), one.found) << one.pattern << " in " << one.text;
}

TEST(regex, ignores_the_case_of_a_to_z_only) {
    EXPECT_TRUE(regex::checked("^HoE$", true).found_in("hOe"));
    EXPECT_TRUE(regex::checked("^[A-C]+$", true).found_in("aBc"));
    EXPECT_FALSE(regex::checked("^[^A-C]+$", true).found_in("b"));
    EXPECT_FALSE(regex::checked("Ä", true).found_in("ä"));
}

TEST(regex, refuses_what_engines_take_for_different_things) {
    for (const char* bad : {"a(b",       "a)",     "[a",    "a**",   "*a",    "^*",    "a{2",
                            "a{3,2}",    "a{999}", "\\b",   "\\1",   "(?=a)", "(?i)a", "[[:alpha:]]",
                            "a{1,2}{3}", "\\",     "[z-a]", "***=x", "x]",    "\xff",  "((a{200}){200}){200}"})
        EXPECT_FALSE(regex::parse(bad)) << bad;
    EXPECT_THROW(regex::checked("a("), croft::error);
}

TEST(regex, has_words_for_postgresql_that_mean_the_same) {
    EXPECT_EQ(regex::checked("^a.b*[\\d-]$").pattern(), "^a.(?:b){0,}[0-9\\-]$");
    EXPECT_EQ(regex::checked("(a|b)c|d").pattern(), "(?:a|b)c|d");
}

TEST(regex, takes_linear_time_where_others_take_for_ever) {
    EXPECT_FALSE(regex::checked("^(a+)+$").found_in(std::string(20'000, 'a') + "b"));
}
