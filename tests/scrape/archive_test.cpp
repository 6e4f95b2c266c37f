#include "scrape/archive.hpp"

#include <gmock/gmock.h>

#include "croft/transaction.hpp"
#include "scrape/payload_codec.hpp"
#include "scrape/upstream.hpp"

using namespace croft;
using scrape::client;
using scrape::upstream;
using testing::HasSubstr;

namespace {

const http::site farm("farm", "http://127.0.0.1:8001");

struct archive_test : testing::Test {
    virtual_clock clock{time_point{}, true};
    std::vector<std::string> log;

    template <class Body>
    void with_database(upstream& there, Body body) {
        const auto main = [&]() -> task<> {
            auto base = co_await db::database::open("sqlite::memory:");
            {
                client one({.log = [&](std::string line) { log.push_back(line); },
                            .send = there.as_transport(),
                            .run = [] { return std::optional<std::int64_t>(7); }});
                runtime::scoped_local here(&runtime::inherited::client, &one);
                runtime::scoped_local there_too(&runtime::inherited::database, base.get());
                co_await body(*base);
            }
            co_await base->close();
        };
        run(main(), clock);
    }
    static task<std::int64_t> number(db::database* base, std::string sql) {
        const auto rows = co_await base->read({std::move(sql)});
        co_return rows.at(0, 0).is_null() ? -1 : rows.at(0, 0).integer();
    }
};

/// Has one version of a page, and knows when a reader has it already.
upstream::handler versioned(std::string* body) {
    return [body](http::request ask) -> task<http::response> {
        const auto tag = "\"" + scrape::sha256(*body).substr(0, 8) + "\"";
        auto made =
            ask.headers["if-none-match"] == tag ? http::response{.status = 304} : http::response::text(200, *body);
        made.headers.add("ETag", tag);
        co_return made;
    };
}

}  // namespace

TEST_F(archive_test, what_came_is_kept_once_and_asked_for_conditionally) {
    std::string page = "first";
    upstream there(versioned(&page));
    with_database(there, [&](db::database& base) -> task<> {
        auto answer = co_await farm.get("/x");
        EXPECT_FALSE(answer.not_modified());
        EXPECT_EQ(answer.payload(), scrape::sha256("first"));
        auto again = co_await farm.get("/x");
        EXPECT_TRUE(again.not_modified());
        EXPECT_TRUE(again.ok());
        EXPECT_EQ(again.text(), "first");
        EXPECT_EQ(again.header("content-type"), "text/plain; charset=utf-8");
        page = "second";
        EXPECT_EQ((co_await farm.get("/x")).text(), "second");
        EXPECT_EQ((co_await farm.get("/x")).text(), "second");
        EXPECT_EQ(co_await number(&base, "SELECT count(*) FROM croft_fetch"), 4);
        EXPECT_EQ(co_await number(&base, "SELECT count(*) FROM croft_fetch WHERE status = 304 AND run = 7"), 2);
        EXPECT_EQ(co_await number(&base, "SELECT count(*) FROM croft_payload"), 2);
    });
    EXPECT_TRUE(log.empty()) << log[0];
}

TEST_F(archive_test, no_cache_asks_without_a_condition) {
    std::string page = "first";
    upstream there(versioned(&page));
    with_database(there, [&](db::database&) -> task<> {
        co_await farm.get("/x");
        EXPECT_FALSE((co_await farm.get("/x", {}, {.no_cache = true})).not_modified());
        EXPECT_FALSE((co_await farm.get("/x", {}, {.headers = {{"Accept", "text/x"}}})).not_modified());
    });
}

TEST_F(archive_test, a_large_body_is_compressed_and_comes_back_whole) {
    std::string page;
    for (int i = 0; i < 100'000; ++i) page += std::to_string(i % 977);
    upstream there(versioned(&page));
    with_database(there, [&](db::database& base) -> task<> {
        co_await farm.get("/x");
        EXPECT_LT(co_await number(&base, "SELECT length(bytes) FROM croft_payload WHERE encoding = 'gzip'"),
                  static_cast<std::int64_t>(page.size() / 5));
        auto again = co_await farm.get("/x");
        EXPECT_TRUE(again.not_modified());
        EXPECT_EQ(again.text(), page);
    });
}

TEST_F(archive_test, a_payload_that_was_lost_or_spoilt_is_fetched_anew) {
    std::string page = "first";
    upstream there(versioned(&page));
    with_database(there, [&](db::database& base) -> task<> {
        co_await farm.get("/x");
        co_await base.write({"UPDATE croft_payload SET size = size + 1"});
        auto answer = co_await farm.get("/x");
        EXPECT_EQ(answer.text(), "first");
        EXPECT_FALSE(answer.not_modified());
        co_await base.write({"DELETE FROM croft_payload"});
        EXPECT_EQ((co_await farm.get("/x")).text(), "first");
        EXPECT_TRUE((co_await farm.get("/x")).not_modified());
    });
}

TEST_F(archive_test, the_last_twenty_fetches_of_a_url_are_kept_and_no_payload_without_one) {
    std::string page;
    upstream there(versioned(&page));
    with_database(there, [&](db::database& base) -> task<> {
        for (int i = 0; i < 30; ++i) {
            page = "version " + std::to_string(i);
            co_await farm.get("/x");
        }
        co_await farm.get("/other");
        EXPECT_EQ(co_await number(&base, "SELECT count(*) FROM croft_fetch WHERE url LIKE '%/x'"), 20);
        EXPECT_EQ(co_await number(&base, "SELECT count(*) FROM croft_payload"), 20);
    });
}

TEST_F(archive_test, failures_are_recorded_and_never_push_out_the_last_good_answer) {
    bool broken = false;
    upstream there([&](http::request ask) -> task<http::response> {
        if (broken) throw http::body_error({.url = ask.url, .reason = "broke off", .retry_after = {}});
        co_return http::response::text(200, "good");
    });
    with_database(there, [&](db::database& base) -> task<> {
        co_await farm.get("/x");
        broken = true;
        for (int i = 0; i < 25; ++i) {
            try {
                co_await farm.get("/x");
            } catch (const http::body_error&) {
            }
        }
        EXPECT_EQ(co_await number(&base, "SELECT count(*) FROM croft_fetch WHERE error = 'broke off'"), 20);
        EXPECT_EQ(co_await number(&base, "SELECT count(*) FROM croft_payload"), 1);
    });
}

TEST_F(archive_test, an_archive_that_fails_does_not_fail_the_fetch_and_says_so) {
    std::string page = "first";
    upstream there(versioned(&page));
    with_database(there, [&](db::database& base) -> task<> {
        co_await base.script("CREATE TABLE croft_fetch (something_else TEXT)");
        EXPECT_EQ((co_await farm.get("/x")).text(), "first");
    });
    ASSERT_FALSE(log.empty());
    EXPECT_THAT(log.back(), HasSubstr("can't be kept"));
}

TEST_F(archive_test, a_site_may_do_without) {
    std::string page = "first";
    upstream there(versioned(&page));
    const http::site secret("secret", "http://127.0.0.1:8001", {.archive = false});
    with_database(there, [&](db::database& base) -> task<> {
        co_await secret.get("/x");
        EXPECT_EQ(co_await number(&base, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'croft%'"), 0);
    });
}

TEST_F(archive_test, works_within_a_transaction_and_is_rolled_back_with_it) {
    std::string page = "first";
    upstream there(versioned(&page));
    with_database(there, [&](db::database& base) -> task<> {
        try {
            co_await transaction([&]() -> task<> {
                EXPECT_EQ((co_await farm.get("/x")).text(), "first");
                throw error("no");
            });
        } catch (const error&) {
        }
        EXPECT_EQ((co_await farm.get("/x")).text(), "first");
        EXPECT_EQ(co_await number(&base, "SELECT count(*) FROM croft_fetch"), 1);
    });
    EXPECT_TRUE(log.empty()) << log[0];
}

TEST(payload_codec, packs_what_gets_smaller_and_gives_it_back) {
    const std::string plain(1000, 'x');
    const auto packed = scrape::pack(plain);
    EXPECT_EQ(packed.encoding, "gzip");
    const std::string_view content(reinterpret_cast<const char*>(packed.content.data()), packed.content.size());
    EXPECT_EQ(scrape::unpack("gzip", content, 1000), plain);
    EXPECT_EQ(scrape::unpack("gzip", content, 999), std::nullopt);
    EXPECT_EQ(scrape::unpack("gzip", content.substr(0, 10), 1000), std::nullopt);
    EXPECT_EQ(scrape::pack("x").encoding, "identity");
    EXPECT_EQ(scrape::sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
