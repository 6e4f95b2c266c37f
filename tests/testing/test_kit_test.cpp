#include <gtest/gtest.h>

#include <croft/croft.hpp>
#include <croft/test.hpp>

using namespace croft;

struct Thing {
    std::int64_t id = 0;
    std::string name;
};
CROFT_MODEL(Thing, history());
CROFT_GRAPHQL(Thing, filters<&Thing::name>);
CROFT_GRAPHQL_QUERY("things", list<Thing>);

const http::site api("api", "https://site.example");

CROFT_CRON("H/30 * * * *", scrape_things) {
    auto answer = co_await api.get("/api/things/");
    for (auto row : answer.json().array())
        co_await update_or_create<Thing>(key<&Thing::id>(row["id"]), set<&Thing::name>(row["fullName"]));
}

CROFT_CRON("@weekly", report, {.missed = missed::run_once}) { co_await sleep(1s); }

CROFT_TEST("a weekly report runs once after two weeks of downtime") {
    test_app app("report");
    co_await app.start();
    co_await app.settle();
    EXPECT_TRUE((co_await app.runs("report")).empty());
    co_await app.stop();
    app.clock().advance(14 * days);
    co_await app.start();
    co_await app.advance(1min);
    EXPECT_EQ((co_await app.runs("report")).size(), 1u);
    co_await app.stop();
}

CROFT_TEST("a scraper stores what its site answers and says what went wrong when it doesn't") {
    test_app app("none");
    app.upstream("https://site.example")
        .answer("GET /api/things/", 200, R"([{"id": 1, "fullName": "Hoe"}, {"id": 2, "fullName": "Axe"}])")
        .answer("GET /api/things/", 404, "{}");
    co_await app.start();
    co_await app.run("scrape_things");
    const auto answer = co_await app.graphql(R"({ things(filters: {name: {exact: "Axe"}}) { id name } })");
    EXPECT_EQ(answer.dump(), R"({"data":{"things":[{"id":"2","name":"Axe"}]}})");
    std::string said;
    try {
        co_await app.run("scrape_things");
    } catch (const error& e) {
        said = e.what();
    }
    EXPECT_NE(said.find("GET https://site.example/api/things/"), said.npos) << said;
    EXPECT_NE(said.find("404"), said.npos) << said;
    EXPECT_EQ((co_await app.runs("scrape_things")).size(), 2u);
    co_await app.stop();
}

CROFT_TEST("an upstream that was told nothing fails with what it was told") {
    test_app app("none");
    app.upstream("https://site.example").answer("GET /other", 200, "{}");
    co_await app.start();
    std::string said;
    try {
        co_await app.run("scrape_things");
    } catch (const error& e) {
        said = e.what();
    }
    EXPECT_NE(said.find("it knows: GET /other"), said.npos) << said;
    co_await app.stop();
}
