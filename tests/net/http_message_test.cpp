#include <chrono>

#include "croft/http_message.hpp"

#include <gtest/gtest.h>

#include "net/http_date.hpp"

using namespace croft;
using croft::time_point;
using std::chrono::sys_days;
using namespace std::chrono_literals;

TEST(header_list, finds_names_regardless_of_case_and_keeps_the_order) {
    http::header_list headers{{"Set-Cookie", "a=1"}, {"ETag", "x"}, {"set-cookie", "b=2"}};
    EXPECT_EQ(headers["SET-COOKIE"], "a=1");
    EXPECT_EQ(headers.all("Set-Cookie"), (std::vector<std::string_view>{"a=1", "b=2"}));
    headers.set("SET-cookie", "c=3");
    EXPECT_EQ(headers, (http::header_list{{"Set-Cookie", "c=3"}, {"ETag", "x"}}));
    EXPECT_TRUE(headers.erase("etag"));
    EXPECT_FALSE(headers.contains("ETag"));
}

TEST(query, encodes_what_urls_do_not_allow) {
    EXPECT_EQ((http::query{{"a b", "ä&="}, {"n", 42}, {"r", 1.5}, {"t", true}}).encoded(),
              "a+b=%C3%A4%26%3D&n=42&r=1.5&t=true");
    EXPECT_EQ(http::query{}.encoded(), "");
}

TEST(request, is_asked_for_its_path_and_parameters) {
    const http::request ask{.url = "/items?name=hoe+%26%20rake&x&page=2&page=3&bad=%zz#top"};
    EXPECT_EQ(ask.path(), "/items");
    EXPECT_EQ(ask.parameter("name"), "hoe & rake");
    EXPECT_EQ(ask.parameter("x"), "");
    EXPECT_EQ(ask.parameter("page"), "2");
    EXPECT_EQ(ask.parameter("bad"), "%zz");
    EXPECT_EQ(ask.parameter("none"), std::nullopt);
    EXPECT_EQ((http::request{.url = "https://a.example:81/p/q?x"}).path(), "/p/q");
    EXPECT_EQ((http::request{.url = "https://a.example"}).path(), "/");
    EXPECT_EQ((http::request{.url = "/go?to=https://b.example/c"}).path(), "/go");
}

TEST(http_date, is_written_as_rfc_9110_has_it) {
    EXPECT_EQ(net::to_http_date(sys_days{1994y / 11 / 6} + 8h + 49min + 37s), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(http_date, is_read_in_all_three_forms) {
    const time_point expected = sys_days{1994y / 11 / 6} + 8h + 49min + 37s;
    const time_point reference = sys_days{2026y / 1 / 1};
    EXPECT_EQ(net::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", reference), expected);
    EXPECT_EQ(net::parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", reference), expected);
    EXPECT_EQ(net::parse_http_date("Sun Nov  6 08:49:37 1994", reference), expected);
    EXPECT_EQ(net::parse_http_date("Sunday, 06-Nov-76 08:49:37 GMT", reference),
              time_point(sys_days{2076y / 11 / 6} + 8h + 49min + 37s));
}

TEST(http_date, what_is_none_is_refused_with_its_place) {
    const time_point reference = sys_days{2026y / 1 / 1};
    for (const std::string bad :
         {"", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
          "Sun, 06 Nov 1994 08:49:37 GMTx", "Sun, 6 Nov 1994 08:49:37 GMT"})
        EXPECT_FALSE(net::parse_http_date(bad, reference)) << bad;
    EXPECT_EQ(net::parse_http_date("Sun, 06 Nox 1994 08:49:37 GMT", reference).error().column, 9u);
}
