#include <algorithm>

#include "scrape/client.hpp"

#include <gmock/gmock.h>

#include "croft/html.hpp"
#include "net/http_server.hpp"
#include "scrape/upstream.hpp"

using namespace croft;
using scrape::client;
using scrape::upstream;
using scrape::with_client;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

const http::site farm("farm", "https://farm.example/api");

struct politeness : testing::Test {
    virtual_clock clock{time_point{}, true};

    /// Each request gets the next of `replies`, the last one again and again.
    static upstream::handler in_turn(std::vector<http::response> replies) {
        auto next = std::make_shared<std::size_t>(0);
        return
            [=](http::request) -> task<http::response> { co_return replies[std::min((*next)++, replies.size() - 1)]; };
    }
    static http::response busy(int status, std::string retry_after = {}) {
        auto made = http::response::text(status, "busy");
        if (!retry_after.empty()) made.headers.add("Retry-After", retry_after);
        return made;
    }
    static http::response ok(std::string body = "fine") { return http::response::text(200, std::move(body)); }

    /// What an expression threw, as text.
    template <class Error = http::error>
    task<std::string> failure_of(task<http::answer> work) {
        try {
            co_await std::move(work);
        } catch (const Error& e) {
            co_return e.what();
        }
        co_return "no error";
    }
};

}  // namespace

TEST_F(politeness, paths_are_appended_to_the_base_url_and_the_client_names_itself) {
    upstream there(in_turn({ok()}));
    const http::site named("named", "https://farm.example",
                           {.headers = {{"X-Key", "k"}}, .contact = "https://me.example"});
    with_client(there, clock, [&](client&) -> task<> {
        co_await farm.get("/items", {{"page", 2}, {"name", "hoe & rake"}});
        co_await named.get("items?a=1", {{"b", 2}});
        co_await named.get("https://other.example/x");
    });
    EXPECT_EQ(there.seen[0].ask.url, "https://farm.example/api/items?page=2&name=hoe+%26+rake");
    EXPECT_EQ(there.seen[0].ask.headers["user-agent"], "Croft/0.1");
    EXPECT_EQ(there.seen[1].ask.url, "https://farm.example/items?a=1&b=2");
    EXPECT_EQ(there.seen[1].ask.headers["user-agent"], "Croft/0.1 (+https://me.example)");
    EXPECT_EQ(there.seen[1].ask.headers["x-key"], "k");
    EXPECT_FALSE(there.seen[2].ask.headers.contains("x-key")) << "a site's headers are for its own origin";
}

TEST_F(politeness, configuration_moves_a_site) {
    upstream there(in_turn({ok()}));
    with_client(there, clock, [&](client&) -> task<> { co_await farm.get("/items"); },
                {.lookup = [](std::string_view name) -> std::optional<std::string> {
                    EXPECT_EQ(name, "farm");
                    return "http://127.0.0.1:8001/";
                }});
    EXPECT_EQ(there.seen[0].ask.url, "http://127.0.0.1:8001/items");
}

TEST_F(politeness, outside_of_an_app_there_is_no_client_and_the_message_says_so) {
    auto body = []() -> task<std::string> {
        try {
            co_await farm.get("/items");
        } catch (const error& e) {
            co_return e.what();
        }
        co_return "";
    };
    EXPECT_THAT(run(body(), clock), HasSubstr("site 'farm' was asked for /items outside of an app"));
}

TEST_F(politeness, a_url_that_cannot_be_fetched_is_an_error) {
    upstream there(in_turn({ok()}));
    const http::site odd("odd", "ftp://farm.example");
    with_client(there, clock, [&](client&) -> task<> {
        EXPECT_THAT(co_await failure_of(odd.get("/x")), HasSubstr("only http and https"));
        EXPECT_NE(co_await failure_of(farm.get("http://")), "no error");
    });
    EXPECT_TRUE(there.seen.empty());
}

TEST_F(politeness, a_bad_status_throws_when_the_body_is_asked_for_unless_somebody_looked) {
    upstream there(in_turn({http::response::text(404, "no\nsuch item")}));
    with_client(there, clock, [&](client&) -> task<> {
        auto answer = co_await farm.get("/items/9");
        EXPECT_THROW(answer.json(), http::status_error);
        try {
            (void)answer.text();
        } catch (const http::status_error& e) {
            EXPECT_STREQ(e.what(), "GET https://farm.example/api/items/9: 404 Not Found, \"no such item\"");
            EXPECT_EQ(e.status(), 404);
        }
        auto looked = co_await farm.get("/items/9");
        EXPECT_EQ(looked.status(), 404);
        EXPECT_EQ(looked.text(), "no\nsuch item");
    });
}

TEST_F(politeness, json_that_is_none_is_an_error_with_url_line_and_column) {
    upstream there(in_turn({ok("{\n  oops}")}));
    with_client(there, clock, [&](client&) -> task<> {
        auto answer = co_await farm.get("/items");
        std::string said;
        try {
            (void)answer.json();
        } catch (const parse_error& e) {
            said = e.what();
        }
        EXPECT_THAT(said, testing::AllOf(HasSubstr("https://farm.example/api/items"), HasSubstr("line 2, column 3")));
    });
}

TEST_F(politeness, json_and_html_are_read_from_the_answer_and_from_a_temporary) {
    upstream there([](http::request ask) -> task<http::response> {
        if (ask.path() == "/api/page") {
            auto made = http::response::of(200, "text/html; charset=\"windows-1252\"", "<b>M\xfchle</b>");
            co_return made;
        }
        co_return http::response::text(200, R"([{"id": 1}, {"id": 2}])");
    });
    with_client(there, clock, [&](client&) -> task<> {
        int sum = 0;
        auto answer = co_await farm.get("/items");
        for (auto row : answer.json().array()) sum += row["id"].as<int>();
        for (auto row : (co_await farm.get("/items")).json().array()) sum += row["id"].as<int>();
        EXPECT_EQ(sum, 6);
        EXPECT_EQ((co_await farm.get("/page")).html().one("b").text(), "Mühle");
    });
}

TEST_F(politeness, robots_txt_is_asked_once_a_day_and_obeyed) {
    upstream there(in_turn({ok()}));
    there.robots = "User-agent: *\nDisallow: /api/private\n";
    with_client(there, clock, [&](client&) -> task<> {
        co_await farm.get("/open");
        EXPECT_EQ(co_await failure_of<http::robots_error>(farm.get("/private/x")),
                  "GET https://farm.example/api/private/x: the site's robots.txt forbids it");
        EXPECT_EQ(there.robots_asked, 1);
        co_await sleep(25h);
        co_await farm.get("/open");
        EXPECT_EQ(there.robots_asked, 2);
    });
    EXPECT_EQ(there.seen.size(), 2u);
}

TEST_F(politeness, only_an_explicit_setting_ignores_robots_txt) {
    upstream there(in_turn({ok()}));
    there.robots = "User-agent: *\nDisallow: /\n";
    const http::site mine("mine", "https://farm.example", {.robots = http::robots::ignore});
    with_client(there, clock, [&](client&) -> task<> { co_await mine.get("/x"); });
    EXPECT_EQ(there.robots_asked, 0);
}

TEST_F(politeness, without_a_readable_robots_txt_nothing_is_fetched) {
    upstream there(in_turn({ok()}));
    there.robots_status = 500;
    with_client(there, clock, [&](client&) -> task<> {
        EXPECT_THAT(co_await failure_of<http::robots_error>(farm.get("/x")), HasSubstr("answered with 500"));
        EXPECT_TRUE(there.seen.empty());
        there.robots_status = 0;
        co_await sleep(10min);
        co_await farm.get("/x");
    });
    EXPECT_EQ(there.seen.size(), 1u);
}

TEST_F(politeness, a_crawl_delay_spreads_the_requests) {
    upstream there(in_turn({ok()}));
    there.robots = "User-agent: *\nCrawl-delay: 7\n";
    with_client(there, clock, [&](client&) -> task<> { co_await all(farm.get("/1"), farm.get("/2"), farm.get("/3")); });
    EXPECT_EQ(there.seen[2].at - there.seen[1].at, 7s);
    EXPECT_EQ(there.seen[1].at - there.seen[0].at, 7s);
}

TEST_F(politeness, a_host_gets_four_requests_at_once_and_ten_a_second) {
    upstream there([](http::request) -> task<http::response> {
        co_await sleep(10s);
        co_return http::response::text(200, "");
    });
    with_client(there, clock, [&](client&) -> task<> {
        std::vector<task<http::answer>> many;
        for (int i = 0; i < 12; ++i) many.push_back(farm.get("/" + std::to_string(i)));
        co_await all(std::move(many));
    });
    EXPECT_EQ(there.most_inside, 4);
    EXPECT_EQ(there.seen[1].at - there.seen[0].at, 100ms);
}

TEST_F(politeness, loopback_has_no_rate_limit_and_a_site_may_set_its_own) {
    upstream there(in_turn({ok()}));
    const http::site local("local", "http://127.0.0.1:8001"), slow("slow", "http://a.example", {.per_second = 0.5});
    with_client(there, clock, [&](client&) -> task<> {
        for (int i = 0; i < 3; ++i) co_await local.get("/");
        EXPECT_EQ(clock.monotonic(), 0s);
        for (int i = 0; i < 3; ++i) co_await slow.get("/");
        EXPECT_EQ(there.seen[5].at - there.seen[4].at, 2s);
    });
}

TEST_F(politeness, what_may_pass_is_tried_again_with_growing_pauses) {
    upstream there(in_turn({busy(500), busy(502), busy(503), ok("at last")}));
    with_client(there, clock, [&](client& one) -> task<> {
        EXPECT_EQ((co_await farm.get("/x")).text(), "at last");
        EXPECT_EQ(one.stats().at("farm.example:443").retries, 3u);
        EXPECT_EQ(one.stats().at("farm.example:443").requests, 5u) << "four tries and robots.txt";
    });
    const auto pause = [&](int i) { return there.seen[i].at - there.seen[i - 1].at; };
    EXPECT_THAT(pause(1), testing::AllOf(testing::Ge(500ms), testing::Le(1s)));
    EXPECT_THAT(pause(2), testing::AllOf(testing::Ge(1s), testing::Le(2s)));
    EXPECT_THAT(pause(3), testing::AllOf(testing::Ge(2s), testing::Le(4s)));
}

TEST_F(politeness, after_the_last_try_the_answer_stands_and_says_how_often) {
    upstream there(in_turn({busy(500)}));
    with_client(there, clock, [&](client&) -> task<> {
        auto answer = co_await farm.get("/x");
        std::string said;
        try {
            (void)answer.text();
        } catch (const http::status_error& e) {
            said = e.what();
            EXPECT_EQ(e.tries(), 4);
        }
        EXPECT_EQ(said, "GET https://farm.example/api/x: 500 Internal Server Error, \"busy\" (tried 4 times)");
    });
    EXPECT_EQ(there.seen.size(), 4u);
}

TEST_F(politeness, what_cannot_get_better_or_could_do_harm_is_not_repeated) {
    upstream there([](http::request ask) -> task<http::response> {
        if (ask.method == "POST")
            throw http::connect_error(
                {.method = "POST", .url = ask.url, .reason = "refused", .repeatable = true, .retry_after = {}});
        co_return http::response::text(ask.path() == "/api/501" ? 501 : 404, "");
    });
    with_client(there, clock, [&](client&) -> task<> {
        co_await farm.get("/404");
        co_await farm.get("/501");
        EXPECT_THAT(co_await failure_of<http::connect_error>(farm.post("/x", json::object({}))), HasSubstr("refused"));
    });
    EXPECT_EQ(there.seen.size(), 3u);
}

TEST_F(politeness, connect_errors_and_timeouts_are_tried_again_and_keep_their_type) {
    upstream there([](http::request ask) -> task<http::response> {
        throw http::timeout({.url = ask.url, .reason = "silence", .repeatable = true, .retry_after = {}});
        co_return http::response{};
    });
    with_client(there, clock, [&](client& one) -> task<> {
        EXPECT_EQ(co_await failure_of<http::timeout>(farm.get("/x", {}, {.tries = 3})),
                  "GET https://farm.example/api/x: silence (tried 3 times)");
        EXPECT_EQ(one.stats().at("farm.example:443").failures, 1u);
    });
}

TEST_F(politeness, retry_after_is_waited_for_by_every_request_to_that_host) {
    upstream there(in_turn({busy(429, "30"), ok()}));
    with_client(there, clock, [&](client&) -> task<> {
        const http::site other("other", "https://other.example");
        co_await all(farm.get("/1"), [](const http::site* s) -> task<http::answer> {
            co_await sleep(5s);
            co_return co_await s->get("/2");
        }(&farm));
        EXPECT_GE(there.seen[1].at - there.seen[0].at, 30s);
        EXPECT_GE(there.seen[2].at - there.seen[0].at, 30s);
        EXPECT_GE(there.seen[2].at - there.seen[1].at, 300ms) << "slowed down after 429";
        const auto before = clock.monotonic();
        co_await other.get("/3");
        EXPECT_LT(clock.monotonic() - before, 1s);
    });
}

TEST_F(politeness, retry_after_may_be_a_date) {
    clock.set(*parse_time("2026-03-01T00:00:00Z"));
    upstream there(in_turn({busy(503, "Sun, 01 Mar 2026 00:01:00 GMT"), ok()}));
    with_client(there, clock, [&](client&) -> task<> { co_await farm.get("/1"); });
    EXPECT_GE(there.seen[1].at - there.seen[0].at, 59s);
    EXPECT_LE(there.seen[1].at - there.seen[0].at, 61s);
}

TEST_F(politeness, a_pause_longer_than_two_minutes_is_left_to_the_caller) {
    upstream there(in_turn({busy(429, "3600"), ok()}));
    with_client(there, clock, [&](client&) -> task<> {
        for (int i = 0; i < 2; ++i) {
            std::optional<duration> wanted;
            try {
                co_await farm.get("/1");
            } catch (const http::error& e) {
                wanted = e.retry_after();
            }
            EXPECT_TRUE(wanted && *wanted > 3590s) << i;
        }
        EXPECT_EQ(there.seen.size(), 1u) << "the second wasn't even sent";
        co_await sleep(3600s);
        EXPECT_EQ((co_await farm.get("/1")).text(), "fine");
    });
}

TEST_F(politeness, redirects_are_followed_with_the_rules_of_the_new_host) {
    upstream there([](http::request ask) -> task<http::response> {
        http::response made{.status = 302};
        made.headers.add("Location",
                         ask.path() == "/api/good" ? "https://new.example/x" : "https://new.example/secret");
        if (ask.url == "https://new.example/x") made = http::response::text(200, "moved");
        co_return made;
    });
    there.robots = "User-agent: *\nDisallow: /secret\n";
    with_client(there, clock, [&](client&) -> task<> {
        auto answer = co_await farm.get("/good");
        EXPECT_EQ(answer.text(), "moved");
        EXPECT_EQ(answer.url(), "https://new.example/x");
        EXPECT_EQ(there.robots_asked, 2);
        EXPECT_THAT(co_await failure_of<http::robots_error>(farm.get("/bad")), HasSubstr("https://new.example/secret"));
        EXPECT_EQ((co_await farm.get("/good", {}, {.follow_redirects = false})).status(), 302);
    });
}

TEST_F(politeness, a_cancelled_request_gives_its_place_back) {
    upstream there([](http::request ask) -> task<http::response> {
        if (ask.path() == "/api/stuck") co_await sleep(24h);
        co_return http::response::text(200, "");
    });
    with_client(there, clock, [&](client&) -> task<> {
        group g;
        for (int i = 0; i < 4; ++i) g.spawn([&]() -> task<> { co_await farm.get("/stuck"); });
        co_await sleep(1s);
        EXPECT_EQ(there.inside, 4);
        g.cancel();
        co_await g.wait();
        co_await farm.get("/x");
        EXPECT_LT(clock.monotonic(), 5s);
    });
}

TEST_F(politeness, works_over_a_real_connection) {
    auto body = []() -> task<> {
        net::http_server server([](http::request ask) -> task<http::response> {
            if (ask.path() == "/robots.txt") co_return http::response::text(404, "");
            co_return http::response::json(200, json::object({{"you", std::string(ask.headers["user-agent"])}}));
        });
        server.listen("127.0.0.1:0");
        client one;
        runtime::scoped_local here(&runtime::inherited::client, &one);
        const http::site local("local", "http://127.0.0.1:" + std::to_string(server.port()));
        EXPECT_EQ((co_await local.get("/x")).json()["you"].text(), "Croft/0.1");
    };
    run(body());
}
