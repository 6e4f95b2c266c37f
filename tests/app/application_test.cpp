#include <chrono>
#include <functional>

#include "app/application.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/routes.hpp"
#include "croft/every.hpp"
#include "croft/graphql.hpp"
#include "croft/history.hpp"
#include "croft/sql.hpp"
#include "runtime/loop.hpp"
#include "support/engines.hpp"

namespace croft::app {

struct Pebble {
    std::int64_t id = 0;
    std::string name;
};
CROFT_MODEL(Pebble, unique<&Pebble::name>, history());
CROFT_GRAPHQL(Pebble, filters<&Pebble::name>);
CROFT_GRAPHQL_QUERY("pebbles", list<Pebble>);

namespace {

using testing::HasSubstr;

CROFT_CRON("0 0 1 1 *", pebble_yearly, {.timeout = 0s, .at_start = true}) {
    Pebble found{.name = "found <early>"};
    co_await save(found);
    co_await sleep(24h);
}

config in_memory() {
    config settings;
    settings.program = "pebbles";
    settings.database.value = "sqlite::memory:";
    return settings;
}

/// Runs a test's body with an app that is open and migrated, but neither serves nor schedules; on a clock that jumps.
void with_app(std::function<task<>(application*)> body, config settings = in_memory()) {
    virtual_clock time(time_point{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}}, true);
    run(
        [](std::function<task<>(application*)> test, config set) -> task<> {
            application app(std::move(set));
            co_await app.open();
            co_await app.migrate();
            co_await test(&app);
            co_await app.stop();
        }(std::move(body), std::move(settings)),
        time);
}

http::request get(std::string url, http::header_list headers = {}) {
    return {.method = "GET", .url = std::move(url), .headers = std::move(headers)};
}

TEST(application, health_is_200_while_the_database_answers_and_503_when_it_does_not) {
    with_app([](application* app) -> task<> {
        EXPECT_EQ((co_await answer(app, get("/healthz"))).status, 200);
        co_await app->database().close();
        const auto failing = co_await answer(app, get("/healthz"));
        EXPECT_EQ(failing.status, 503);
        EXPECT_THAT(failing.body, HasSubstr("reason"));
    });
}

TEST(application, a_browser_gets_graphiql_and_a_program_the_api) {
    with_app([](application* app) -> task<> {
        const auto page = co_await answer(app, get("/graphql", {{"Accept", "text/html,*/*;q=0.8"}}));
        EXPECT_EQ(page.status, 200);
        EXPECT_THAT(std::string(page.headers["Content-Security-Policy"]), HasSubstr("script-src 'self'"));
        const auto reply = co_await answer(app, get("/graphql?query=%7Bpebbles%7Bname%7D%7D", {{"Accept", "*/*"}}));
        EXPECT_EQ(reply.body, R"({"data":{"pebbles":[]}})");
    });
}

TEST(application, graphiqls_files_come_compressed_and_are_not_sent_twice) {
    with_app([](application* app) -> task<> {
        const auto first = co_await answer(app, get("/graphql/assets/graphiql.min.js"));
        EXPECT_EQ(first.status, 200);
        EXPECT_EQ(first.headers["Content-Encoding"], "gzip");
        const std::string etag(first.headers["ETag"]);
        const auto again = co_await answer(app, get("/graphql/assets/graphiql.min.js", {{"If-None-Match", etag}}));
        EXPECT_EQ(again.status, 304);
        EXPECT_TRUE(again.content().empty());
        EXPECT_EQ((co_await answer(app, get("/graphql/assets/../../etc/passwd"))).status, 404);
    });
}

TEST(application, a_page_of_a_stranger_that_points_its_name_here_is_refused) {
    with_app([](application* app) -> task<> {
        for (auto* path : {"/", "/graphql", "/healthz", "/graphql/assets/graphiql.min.js"})
            EXPECT_EQ((co_await answer(app, get(path, {{"Host", "evil.example"}}))).status, 421) << path;
    });
    auto remote = in_memory();
    remote.allow_remote.value = true;
    with_app(
        [](application* app) -> task<> {
            EXPECT_EQ((co_await answer(app, get("/healthz", {{"Host", "almanac.example"}}))).status, 200);
        },
        remote);
}

TEST(application, what_is_not_there_is_404_and_pages_can_only_be_read) {
    with_app([](application* app) -> task<> {
        EXPECT_EQ((co_await answer(app, get("/nowhere"))).status, 404);
        EXPECT_EQ((co_await answer(app, get("/graphqll"))).status, 404);
        const auto refused = co_await answer(app, {.method = "POST", .url = "/"});
        EXPECT_EQ(refused.status, 405);
        EXPECT_EQ(refused.headers["Allow"], "GET, HEAD");
    });
}

TEST(application, the_front_page_tells_of_models_tasks_and_runs_and_escapes_what_they_say) {
    with_app([](application* app) -> task<> {
        co_await app->schedule();
        co_await runtime::loop::current().settle();
        const auto page = co_await answer(app, get("/"));
        EXPECT_EQ(page.status, 200);
        EXPECT_THAT(page.body, HasSubstr("<tr><td>Pebble<td><code>pebble</code><td class=n>1<td>kept</tr>"));
        EXPECT_THAT(page.body, HasSubstr("<td>pebble_yearly<td><code>0 0 1 1 *</code>"));
        EXPECT_THAT(page.body, HasSubstr("<td>pebble_yearly<td>2026-03-01 00:00:00 UTC<td class=n>–<td>running</td>"));
        EXPECT_EQ(page.body.find("croft_run"), std::string::npos);
    });
}

TEST(application, a_shutdown_leaves_nothing_running_and_nothing_marked_as_running) {
    with_app([](application* app) -> task<> {
        co_await app->schedule();
        co_await runtime::loop::current().settle();
        auto rows = co_await app->database().read({"SELECT outcome FROM croft_run"});
        EXPECT_EQ(rows.size(), 1u);
        EXPECT_EQ(rows.at(0, 0).text(), "running");
        const auto before = now();
        co_await app->tasks().stop(10s);
        EXPECT_EQ(now() - before, 10s);
        rows = co_await app->database().read({"SELECT outcome FROM croft_run"});
        EXPECT_EQ(rows.at(0, 0).text(), "cancelled");
    });
}

TEST(application, tasks_that_are_switched_off_do_not_run) {
    auto settings = in_memory();
    settings.tasks.value = "none";
    with_app(
        [](application* app) -> task<> {
            co_await app->schedule();
            co_await runtime::loop::current().settle();
            EXPECT_TRUE((co_await app->database().read({"SELECT id FROM croft_run"})).empty());
        },
        settings);
}

TEST(application, what_tasks_inherit_is_there_from_open_to_stop) {
    run([]() -> task<> {
        application app(in_memory());
        EXPECT_EQ(runtime::locals().database, nullptr);
        co_await app.open();
        EXPECT_EQ(runtime::locals().database, &app.database());
        EXPECT_NE(runtime::locals().client, nullptr);
        co_await app.stop();
        EXPECT_EQ(runtime::locals().database, nullptr);
        EXPECT_EQ(runtime::locals().client, nullptr);
    }());
}

TEST(application, a_database_that_is_not_there_is_not_made_by_a_command_that_only_looks) {
    auto settings = in_memory();
    settings.database.value = "sqlite:/nowhere/at/all.db";
    run([](config set) -> task<> {
        application app(std::move(set));
        bool refused = false;
        try {
            co_await app.open_existing();
        } catch (const config_error& e) {
            refused = std::string(e.what()).ends_with("there is no database yet; pebbles migrate makes it");
        }
        EXPECT_TRUE(refused);
    }(settings));
}

TEST(application, a_start_compares_the_database_with_the_models_only_when_it_has_changed_since) {
    const test::temporary_directory folder;
    auto settings = in_memory();
    settings.database.value = "sqlite:" + folder.file("pebbles.db");
    const auto number = [](std::string query) { return sql<std::int64_t>(std::move(query)).one(); };
    with_app(
        [&](application* app) -> task<> {
            co_await app->database().write({"UPDATE croft_migration SET steps_done = 7 WHERE state = 'settled'"});
        },
        settings);
    with_app(
        [&](application* app) -> task<> {
            EXPECT_EQ(co_await number("SELECT steps_done FROM croft_migration WHERE state = 'settled'"), 7);
            co_await app->database().script("DROP INDEX pebble_history_time");
        },
        settings);
    with_app(
        [&](application*) -> task<> {
            EXPECT_EQ(co_await number("SELECT steps_done FROM croft_migration WHERE state = 'settled'"), 0);
            EXPECT_EQ(co_await number("SELECT count(*) FROM sqlite_schema WHERE name = 'pebble_history_time'"), 1);
        },
        settings);
}

}  // namespace
}  // namespace croft::app
