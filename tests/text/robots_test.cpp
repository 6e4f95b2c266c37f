#include "text/robots.hpp"

#include <gtest/gtest.h>

using croft::text::robots;
using std::chrono::milliseconds;

namespace {

bool allowed(std::string_view text, std::string_view url, std::string_view agent = "croft") {
    return robots::parse(text).allowed(agent, url);
}

}  // namespace

TEST(robots, no_file_and_an_empty_one_allow_everything) {
    EXPECT_TRUE(robots().allowed("croft", "https://site.example/x"));
    EXPECT_TRUE(allowed("", "https://site.example/x"));
    EXPECT_TRUE(allowed("User-agent: *\nDisallow:\n", "https://site.example/x"));
}

TEST(robots, the_longest_rule_wins_and_allow_wins_a_tie) {
    const auto* text = "user-agent: *\ndisallow: /x\nallow: /x/y\ndisallow: /x/y/z\nallow: /tie\ndisallow: /tie\n";
    EXPECT_FALSE(allowed(text, "https://site.example/x/a"));
    EXPECT_TRUE(allowed(text, "https://site.example/x/y/a"));
    EXPECT_FALSE(allowed(text, "https://site.example/x/y/z"));
    EXPECT_TRUE(allowed(text, "https://site.example/tie"));
}

TEST(robots, the_crawlers_own_groups_are_taken_together_and_replace_those_for_everyone) {
    const auto* text =
        "user-agent: *\ndisallow: /\nuser-agent: croft\ndisallow: /a\nuser-agent: other\nuser-agent: CROFT\ndisallow: "
        "/b\n";
    EXPECT_FALSE(allowed(text, "/a"));
    EXPECT_FALSE(allowed(text, "/b"));
    EXPECT_TRUE(allowed(text, "/c"));
    EXPECT_TRUE(allowed(text, "/a", "other"));
    EXPECT_FALSE(allowed(text, "/c", "third"));
}

TEST(robots, an_agent_is_known_by_its_product_token_as_a_whole) {
    const auto* text = "user-agent: croft/2.0 (beta)\ndisallow: /\n";
    EXPECT_FALSE(allowed(text, "/", "Croft/1.0 (+https://site.example)"));
    EXPECT_TRUE(allowed(text, "/", "croftbot"));
    EXPECT_TRUE(allowed(text, "/", ""));
}

TEST(robots, a_group_of_its_own_without_rules_allows_everything) {
    EXPECT_TRUE(
        allowed("user-agent: croft\n\nsitemap: x\nuser-agent: nobody\nallow:\nuser-agent: *\ndisallow: /\n", "/x"));
}

TEST(robots, a_star_stands_for_any_bytes_and_a_dollar_for_the_end) {
    const auto* text = "user-agent: *\ndisallow: /*.php$\ndisallow: /a*b*c\ndisallow: /$\n";
    EXPECT_FALSE(allowed(text, "/x/index.php"));
    EXPECT_FALSE(allowed(text, "/x.php/y.php"));
    EXPECT_TRUE(allowed(text, "/index.php?a=1"));
    EXPECT_FALSE(allowed(text, "/axxbyyc/z"));
    EXPECT_TRUE(allowed(text, "/acb"));
    EXPECT_FALSE(allowed(text, "https://site.example"));
    EXPECT_TRUE(allowed(text, "/y"));
}

TEST(robots, bytes_outside_ascii_are_compared_percent_encoded_and_hex_digits_in_upper_case) {
    EXPECT_FALSE(allowed("user-agent: *\ndisallow: /caf\xC3\xA9\n", "/caf%c3%a9"));
    EXPECT_FALSE(allowed("user-agent: *\ndisallow: /caf%c3%a9\n", "/caf\xC3\xA9"));
    EXPECT_TRUE(allowed("user-agent: *\ndisallow: /%62\n", "/b"));
}

TEST(robots, query_counts_and_fragment_does_not) {
    const auto* text = "user-agent: *\ndisallow: /*?page=\ndisallow: /*#top\n";
    EXPECT_FALSE(allowed(text, "https://site.example?page=2"));
    EXPECT_FALSE(allowed(text, "//site.example/x?page=2&u=http://other.example/"));
    EXPECT_TRUE(allowed("user-agent: *\ndisallow: /other\n", "/x?u=http://site.example/other"));
    EXPECT_TRUE(allowed("user-agent: *\ndisallow: /x#y\nallow: /x\n", "/x#y"));
}

TEST(robots, what_people_write_is_understood) {
    EXPECT_FALSE(allowed("\xEF\xBB\xBFUser-Agent *\r\nDisalow /x # comment\r\n", "/x"));
    EXPECT_FALSE(allowed("  USERAGENT :*\r\r\tdisallow:\t/x\r", "/x"));
    EXPECT_TRUE(allowed("disallow: /x\nuser-agent: *\nnonsense\n: \n\n", "/x"));
}

TEST(robots, a_crawl_delay_is_read_per_group_and_sense_is_asked_of_it) {
    const auto rules = robots::parse(
        "user-agent: croft\ncrawl-delay: 1.5\nuser-agent: b\ncrawl-delay: -1\nallow: /\n"
        "user-agent: c\ncrawl-delay: soon\nallow: /\nuser-agent: *\nCrawl-Delay: 10\n");
    EXPECT_EQ(rules.crawl_delay("croft"), milliseconds(1500));
    EXPECT_EQ(rules.crawl_delay("c"), std::nullopt);
    EXPECT_EQ(rules.crawl_delay("else"), milliseconds(10'000));
    EXPECT_EQ(robots::parse("crawl-delay: 4\nuser-agent: *\nallow: /\n").crawl_delay("x"), std::nullopt);
    EXPECT_EQ(robots::parse("user-agent: *\ncrawl-delay: 1e9\n").crawl_delay("x"), std::nullopt);
    EXPECT_EQ(robots::parse("user-agent: *\ncrawl-delay: nan\n").crawl_delay("x"), std::nullopt);
}

TEST(robots, sitemaps_are_listed_wherever_they_stand_and_end_no_group) {
    const auto rules = robots::parse(
        "Sitemap: https://a.example/1.xml\nuser-agent: x\nsitemap: https://a.example/2.xml\nuser-agent: "
        "croft\ndisallow: /\n");
    EXPECT_EQ(rules.sitemaps(), (std::vector<std::string>{"https://a.example/1.xml", "https://a.example/2.xml"}));
    EXPECT_FALSE(rules.allowed("x", "/y"));
}

TEST(robots, what_comes_after_500_kib_does_not_count) {
    const std::string padding(std::size_t{500} << 10, '\n');
    EXPECT_TRUE(allowed(padding + "user-agent: *\ndisallow: /\n", "/x"));
    EXPECT_FALSE(allowed("user-agent: *\ndisallow: /\n" + padding, "/x"));
}

TEST(robots, a_pattern_full_of_stars_takes_no_time) {
    std::string pattern = "user-agent: *\ndisallow: /";
    for (int i = 0; i < 5000; ++i) pattern += "*a";
    EXPECT_TRUE(allowed(pattern + "b$\n", "/" + std::string(4999, 'a')));
}
