// What only PostgreSQL has: its types, its URLs, several connections that really work at the same time, a server that
// goes away.
#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>

#include "db/fault.hpp"
#include "db/postgres/bulk.hpp"
#include "db/postgres/cells.hpp"
#include "support.hpp"
#include "support/own_server.hpp"

namespace croft::db {
namespace {

using postgres_driver = postgres_test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

options connections(std::size_t most) {
    options settings;
    settings.max_connections = most;
    return settings;
}

task<std::string> text_of(database* base, statement query) {
    const auto rows = co_await base->read(std::move(query));
    co_return rows.at(0, 0).is_null() ? "null" : std::string(rows.at(0, 0).text());
}

TEST_F(postgres_driver, values_of_every_column_type_come_back_as_they_went_in) {
    with_database([](database& base) -> task<> {
        co_await base.script(
            "CREATE TABLE item (b boolean, s smallint, i integer, l bigint, d double precision, n numeric(20, 4),"
            " t text, y bytea, z timestamptz, dt date, u uuid, j jsonb)");
        const bytes blob{std::byte{0}, std::byte{255}, std::byte{7}};
        const auto time = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + 5us;
        const std::vector<value> row{true,
                                     std::int64_t{-7},
                                     std::int64_t{1} << 30,
                                     std::numeric_limits<std::int64_t>::min(),
                                     0.1,
                                     "12345678901234.5000",
                                     "a 'quote', \\ ü",
                                     blob,
                                     time,
                                     "2026-02-28",
                                     "0193b1f0-0000-7000-8000-000000000001",
                                     R"({"a": [1, null]})"};
        const insertion into{"item", {"b", "s", "i", "l", "d", "n", "t", "y", "z", "dt", "u", "j"}};
        co_await base.write({one_row(into, '$'), row});
        auto twice = row;
        twice.insert(twice.end(), row.begin(), row.end());
        co_await base.write_many(into, std::move(twice));  // the same as arrays
        for (const bool again : {false, true}) {
            const auto rows = co_await base.read({"SELECT * FROM item"});
            EXPECT_EQ(rows.size(), 3u);
            for (std::size_t i = 0; i < rows.size(); ++i) {
                EXPECT_EQ(rows.at(i, 0).integer(), 1) << again;
                for (std::size_t column : {1u, 2u, 3u}) EXPECT_EQ(rows.at(i, column).to_value(), row[column]);
                EXPECT_EQ(rows.at(i, 4).real(), 0.1);
                for (std::size_t column : {5u, 6u, 9u, 10u, 11u}) EXPECT_EQ(rows.at(i, column).to_value(), row[column]);
                EXPECT_EQ(rows.at(i, 7).to_value(), value(blob));
                EXPECT_EQ(rows.at(i, 8).text(), "2026-03-01T00:00:00.000005Z");
            }
        }
        const auto found =
            co_await base.read({"SELECT count(*) FROM item WHERE b = $1 AND i = $2 AND d = $3 AND n = $4 AND z = $5 "
                                "AND y = $6 AND dt = $7",
                                {true, row[2], 0.1, "12345678901234.5", time, blob, time}});
        EXPECT_EQ(found.at(0, 0).integer(), 0);  // another day
        const std::vector<value> nothing(12);
        co_await base.write({one_row(into, '$'), nothing});
        const auto nulls = co_await base.read({"SELECT * FROM item WHERE b IS NULL"});
        for (std::size_t column = 0; column < 12; ++column) EXPECT_TRUE(nulls.at(0, column).is_null());
    });
}

TEST(postgres_bulk, a_batch_is_one_insert_of_arrays_that_tells_what_each_row_did) {
    const insertion into{"it\"em", {"name", "price"}, {0}, " ON CONFLICT (\"name\") DO NOTHING"};
    EXPECT_EQ(postgres::batch_sql(into, {"text", "integer"}),
              "WITH written AS (INSERT INTO \"it\"\"em\" (\"name\", \"price\") SELECT * FROM unnest($1::text[], "
              "$2::integer[]) ON CONFLICT (\"name\") DO NOTHING RETURNING \"name\" AS k1, xmax = 0 AS fresh) "
              "SELECT n, fresh FROM unnest($1::text[]) WITH ORDINALITY AS given(k1, n) FULL JOIN written USING (k1)");
    EXPECT_EQ(postgres::batch_sql({"item", {"name"}}, {"text"}),
              "INSERT INTO \"item\" (\"name\") SELECT * FROM unnest($1::text[])");
    EXPECT_EQ(one_row(into, '$'),
              "INSERT INTO \"it\"\"em\" (\"name\", \"price\") VALUES ($1, $2) ON CONFLICT (\"name\") DO NOTHING");
}

TEST(postgres_bulk, arrays_quote_what_they_hold) {
    many_rows rows{{}, {"item", {"t", "n"}}, {"a \"b\" \\ {c},NULL", std::int64_t{-1}, "", value{}}, 2};
    rows.params[3] = bytes{std::byte{10}};
    EXPECT_EQ(postgres::arrays_of(rows, 0, 2, {"db"}),
              (std::vector<value>{R"({"a \"b\" \\ {c},NULL",""})", R"({-1,"\\x0a"})"}));
    rows.params[3] = value{};
    EXPECT_EQ(postgres::arrays_of(rows, 1, 2, {"db"}), (std::vector<value>{R"({""})", "{NULL}"}));
}

TEST_F(postgres_driver, extremes_of_times_and_numbers_arrive) {
    EXPECT_EQ(postgres::time_text("2026-03-01 10:00:00.5+00"), "2026-03-01T10:00:00.500000Z");
    EXPECT_EQ(postgres::time_text("2026-03-01 10:00:00"), "2026-03-01T10:00:00.000000Z");
    EXPECT_EQ(postgres::time_text("infinity"), "9999-12-31T23:59:59.999999Z");
    EXPECT_EQ(postgres::time_text("12026-03-01 10:00:00+00"), "9999-12-31T23:59:59.999999Z");
    EXPECT_EQ(postgres::time_text("0044-03-15 10:00:00+00 BC"), "0001-01-01T00:00:00.000000Z");
    with_database([](database& base) -> task<> {
        const auto rows =
            co_await base.read({"SELECT 'NaN'::float8, 'infinity'::float8, -1e-300::float8, ''::bytea, ''"});
        EXPECT_TRUE(std::isnan(rows.at(0, 0).real()));
        EXPECT_TRUE(std::isinf(rows.at(0, 1).real()));
        EXPECT_EQ(rows.at(0, 2).real(), -1e-300);
        EXPECT_EQ(rows.at(0, 3).to_value(), value(bytes()));
        EXPECT_EQ(rows.at(0, 4).to_value(), value(std::string()));
    });
}

TEST_F(postgres_driver, a_text_with_a_zero_byte_is_refused_instead_of_being_cut) {
    with_database([](database& base) -> task<> {
        co_await base.script("CREATE TABLE item (t text)");
        const std::string text("a\0b", 3);
        EXPECT_THAT(co_await failure_of<statement_error>(dropped(base.write({"INSERT INTO item VALUES ($1)", {text}}))),
                    HasSubstr("zero byte"));
        EXPECT_THAT(co_await failure_of<statement_error>(dropped(base.write_many({"item", {"t"}}, {"x", text}))),
                    HasSubstr("zero byte"));
        EXPECT_EQ(co_await count(&base, "item"), 0);
    });
}

TEST_F(postgres_driver, the_servers_settings_dont_show_in_what_is_read) {
    with_database([](database& base) -> task<> {
        const auto name = co_await text_of(&base, {"SELECT current_database()"});
        for (auto setting :
             {"DateStyle TO 'German'", "TimeZone TO 'Asia/Tokyo'", "bytea_output TO escape", "extra_float_digits TO -3",
              "standard_conforming_strings TO off", "default_transaction_isolation TO serializable"})
            co_await base.script("ALTER DATABASE " + name + " SET " + setting);
        auto second = co_await database::open(base.url());
        const auto rows = co_await second->read(
            {"SELECT timestamptz '2026-03-01 00:00:00+00', '\\x00ff'::bytea, 0.1::float8 + 0.2::float8, '\\'"});
        EXPECT_EQ(rows.at(0, 0).text(), "2026-03-01T00:00:00.000000Z");
        EXPECT_EQ(rows.at(0, 1).bytes().size(), 2u);
        EXPECT_EQ(rows.at(0, 2).real(), 0.1 + 0.2);
        EXPECT_EQ(rows.at(0, 3).text(), "\\");
        co_await second->transaction([&]() -> task<> {
            EXPECT_EQ(co_await text_of(second.get(), {"SHOW transaction_isolation"}), "read committed");
        });
    });
}

TEST_F(postgres_driver, a_setting_made_by_a_statement_stays_with_its_caller) {
    with_database(
        [](database& base) -> task<> {
            co_await base.write({"SET application_name TO 'somebody'"});
            EXPECT_EQ(co_await text_of(&base, {"SHOW application_name"}), "croft");
            co_await base.transaction([&]() -> task<> { co_await base.write({"SET TimeZone TO 'Asia/Tokyo'"}); });
            EXPECT_EQ(co_await text_of(&base, {"SHOW TimeZone"}), "UTC");
            co_await base.read({"BEGIN"});
            EXPECT_EQ(co_await text_of(&base, {"SELECT pg_current_xact_id_if_assigned()::text"}), "null");
            co_await base.script("CREATE TABLE item (n integer)");
        },
        connections(1));
}

TEST_F(postgres_driver, urls_by_tcp_with_a_password_and_by_socket_work_and_never_show_the_password) {
    const auto tcp = test::environment("CROFT_TEST_POSTGRES_TCP");
    if (tcp.empty()) GTEST_SKIP() << test::no_server;
    const auto password = tcp.substr(tcp.find("croft:") + 6, 32);
    with_url(tcp, [&](database& base) -> task<> {
        EXPECT_THAT(base.url(), AllOf(HasSubstr("postgresql://croft@127.0.0.1:"), Not(HasSubstr(password))));
        EXPECT_NE(co_await text_of(&base, {"SELECT inet_server_addr()::text"}), "null");
        EXPECT_THAT(co_await failure_of(dropped(base.read({"SELECT 1/0"}))), Not(HasSubstr(password)));
    });
    auto opening = [](std::string url) -> task<> { (void)co_await database::open(std::move(url)); };
    auto wrong = tcp;
    wrong.replace(wrong.find(password), password.size(), "wr0ng-secret");
    EXPECT_THAT(croft::run(failure_of<storage_error>(opening(wrong))),
                AllOf(HasSubstr("password authentication failed"), Not(HasSubstr("wr0ng"))));
    const auto host = tcp.substr(tcp.find('@'));
    std::ofstream(file("passfile")) << "*:*:*:croft:" << password << "\n";
    std::filesystem::permissions(file("passfile"), std::filesystem::perms::owner_read);
    with_url("postgres://croft" + host + "?passfile=" + file("passfile") + "&application_name=a%20test",
             [](database& base) -> task<> { EXPECT_EQ(co_await text_of(&base, {"SHOW application_name"}), "a test"); });
    std::string by_name = tcp;  // a host name is looked up
    by_name.replace(by_name.find("127.0.0.1"), 9, "localhost");
    with_url(by_name, [](database& base) -> task<> { EXPECT_EQ(co_await number(&base, "SELECT 1"), 1); });
    EXPECT_THAT(croft::run(failure_of<connection_error>(opening("postgresql://me:s3cret@no-such-host.invalid/db"))),
                AllOf(HasSubstr("no-such-host.invalid"), Not(HasSubstr("s3cret"))));
    EXPECT_THAT(croft::run(failure_of<config_error>(opening("postgresql://me:s3cret@h/db?ssl_mode=require"))),
                AllOf(HasSubstr("the option \"ssl_mode\""), HasSubstr("\"sslmode\""), Not(HasSubstr("s3cret"))));
    EXPECT_THAT(croft::run(failure_of<connection_error>(opening("postgresql://me:s3cret@127.0.0.1:1/db"))),
                AllOf(HasSubstr("127.0.0.1"), HasSubstr("refused"), Not(HasSubstr("s3cret"))));
}

TEST(libpq, is_not_in_memory_before_a_url_asks_for_it) {
    const auto here = [] {
        std::ifstream maps("/proc/self/maps");
        return std::string(std::istreambuf_iterator<char>(maps), {}).contains("libpq.so");
    };
    if (test::environment("CROFT_TEST_POSTGRES").empty()) GTEST_SKIP() << test::no_server;
    auto body = []() -> task<> { co_await (co_await database::open("sqlite::memory:"))->close(); };
    run(body());
    if (testing::UnitTest::GetInstance()->test_to_run_count() == 1) EXPECT_FALSE(here());
    const test::postgres_database opened;
    EXPECT_TRUE(here());
}

TEST_F(postgres_driver, errors_say_what_they_are) {
    with_database([](database& base) -> task<> {
        co_await base.script(
            "CREATE TABLE type (id integer PRIMARY KEY);"
            "CREATE TABLE item (id integer PRIMARY KEY, name text NOT NULL, price integer CONSTRAINT positive "
            "CHECK (price > 0), type integer REFERENCES type, UNIQUE (name, price));"
            "INSERT INTO item VALUES (1, 'hoe', 1, NULL)");
        struct expected {
            const char* values;
            constraint kind;
            const char* subject;
        };
        for (auto [values, kind, subject] :
             {expected{"(2, 'hoe', 1, NULL)", constraint::unique, "item.name, item.price"},
              expected{"(1, 'axe', 1, NULL)", constraint::unique, "item.id"},
              expected{"(2, NULL, 1, NULL)", constraint::not_null, "item.name"},
              expected{"(2, 'axe', 0, NULL)", constraint::check, "positive"},
              expected{"(2, 'axe', 1, 9)", constraint::foreign_key, "item_type_fkey"}}) {
            try {
                co_await base.write({std::string("INSERT INTO item VALUES ") + values});
                ADD_FAILURE() << values;
            } catch (const constraint_error& e) {
                EXPECT_EQ(e.kind(), kind) << values;
                EXPECT_EQ(e.subject(), subject);
                EXPECT_THAT(e.what(), AllOf(HasSubstr(base.url()), HasSubstr("INSERT INTO item VALUES (")));
            }
        }
        const auto reading = [&](std::string sql) {
            return failure_of<statement_error>(dropped(base.read({std::move(sql)})));
        };
        EXPECT_THAT(co_await reading("SELEC 1"), AllOf(HasSubstr("syntax error"), HasSubstr("in: SELEC 1")));
        EXPECT_THAT(co_await reading("SELECT nam FROM item"), HasSubstr("\"item.name\""));  // the server's hint
        EXPECT_THAT(co_await reading("SELECT $1::integer"), HasSubstr("requires 1"));
        EXPECT_THAT(co_await reading("SELECT 'x'::integer"), HasSubstr("invalid input syntax"));
        EXPECT_NE(co_await failure_of<transaction_error>(dropped(base.write({"ROLLBACK"}))), "");
        EXPECT_THAT(co_await failure_of(dropped(base.write({"COPY item FROM STDIN"}))), HasSubstr("COPY"));
        EXPECT_EQ(co_await count(&base, "item"), 1);
    });
}

TEST_F(postgres_driver, a_statement_that_takes_too_long_is_stopped_also_in_a_transaction_that_goes_on) {
    options impatient;
    impatient.statement_timeout = 50ms;
    with_database(
        [](database& base) -> task<> {
            const auto told = co_await failure_of<timeout_error>(dropped(base.read({"SELECT pg_sleep(3600)"})));
            EXPECT_THAT(told, AllOf(HasSubstr("statement timeout"), HasSubstr("in: SELECT pg_sleep")));
            co_await base.transaction([&]() -> task<> {
                EXPECT_NE(co_await failure_of<timeout_error>(dropped(base.read({"SELECT pg_sleep(3600)"}))), "");
                EXPECT_EQ(co_await number(&base, "SELECT 1"), 1);
            });
        },
        impatient);
}

TEST_F(postgres_driver, eight_queries_awaited_together_are_at_the_server_at_the_same_time) {
    with_database([this](database& base) -> task<> {
        auto other = co_await database::open(url());
        auto waiting = [](database* on) -> task<> { co_await on->read({"SELECT pg_advisory_xact_lock_shared(7)"}); };
        group g;
        co_await other->transaction([&]() -> task<> {
            co_await other->read({"SELECT pg_advisory_xact_lock(7)"});
            runtime::scoped_local outside(&runtime::inherited::transaction, std::shared_ptr<transaction_state>());
            for (int i = 0; i < 8; ++i) g.spawn(waiting(&base));
            std::int64_t together = 0;
            for (int tries = 0; together < 8 && tries < 10'000; ++tries)
                together = co_await number(other.get(),
                                           "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
            EXPECT_EQ(together, 8);
        });
        co_await g.wait();
    });
}

/// Statements of the test's database that the server runs at the moment, but this one.
task<std::int64_t> running(database* base) {
    return number(base,
                  "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND "
                  "pid <> pg_backend_pid() AND backend_type = 'client backend'");
}

TEST_F(postgres_driver, what_is_cancelled_stops_at_the_server_and_its_connection_is_given_on_clean) {
    with_database(
        [this](database& base) -> task<> {
            auto watcher = co_await database::open(url());
            co_await base.script("CREATE TABLE item (n integer)");
            const auto pid = co_await number(&base, "SELECT pg_backend_pid()");
            for (int turns = 0; turns < 8; ++turns) {  // cancelled at another await each time
                group doomed;
                doomed.spawn([&]() -> task<> {
                    co_await base.transaction([&]() -> task<> {
                        co_await base.write({"INSERT INTO item VALUES (1)"});
                        co_await base.write({"SELECT pg_sleep(3600)"});
                    });
                });
                for (int i = 0; i < turns; ++i) co_await number(watcher.get(), "SELECT 1");
                if (turns > 4)
                    while (co_await number(watcher.get(),
                                           "SELECT count(*) FROM pg_stat_activity WHERE query LIKE "
                                           "'SELECT pg_sleep(3600)' AND wait_event = 'PgSleep'") == 0) {
                    }
                doomed.cancel();
                co_await doomed.wait();
                EXPECT_EQ(co_await number(&base, "SELECT pg_backend_pid()"), pid);
                EXPECT_EQ(co_await count(&base, "item"), 0);
                EXPECT_EQ(co_await running(watcher.get()), 0);
            }
            co_await watcher->close();
        },
        connections(1));
}

TEST_F(postgres_driver, a_database_dropped_with_queries_under_way_stops_them_at_the_server) {
    with_database([this](database& base) -> task<> {
        {
            auto other = co_await database::open(url());
            group g;
            g.spawn([&]() -> task<> { co_await other->read({"SELECT pg_sleep(3600)"}); });
            g.spawn([&]() -> task<> { co_await other->write({"SELECT pg_sleep(3600)"}); });
            while (co_await running(&base) < 2) {
            }
            g.cancel();
            co_await g.wait();
        }
        while (co_await running(&base) > 0) {
        }
    });
}

TEST_F(postgres_driver, a_pool_that_is_used_up_says_so_after_the_time_allowed) {
    auto settings = connections(2);
    settings.acquire_timeout = 20ms;
    with_database(
        [](database& base) -> task<> {
            group g;
            event done, inside;
            for (int i = 0; i < 2; ++i)
                g.spawn([&]() -> task<> {
                    co_await base.transaction([&]() -> task<> {
                        inside.set();
                        co_await done.wait();
                    });
                });
            co_await inside.wait();
            EXPECT_THAT(co_await failure_of<timeout_error>(dropped(base.read({"SELECT 1"}))),
                        HasSubstr("all 2 connections were in use"));
            done.set();
            co_await g.wait();
            EXPECT_EQ(co_await number(&base, "SELECT 1"), 1);
        },
        settings);
}

TEST_F(postgres_driver, connections_idle_for_long_are_closed_but_for_the_fewest_wanted) {
    auto settings = connections(4);
    settings.idle_timeout = 1ms;
    with_database(
        [](database& base) -> task<> {
            std::vector<task<std::int64_t>> work;
            for (int i = 0; i < 4; ++i) work.push_back(number(&base, "SELECT count(*) FROM pg_sleep(0.05)"));
            co_await all(std::move(work));
            while (co_await number(&base,
                                   "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                                   "AND backend_type = 'client backend'") > 1)
                co_await sleep(1ms);
        },
        settings);
}

TEST_F(postgres_driver, a_connection_lost_while_idle_isnt_noticed_and_in_a_transaction_it_is_an_error) {
    with_database(
        [this](database& base) -> task<> {
            auto other = co_await database::open(url());
            const std::string kill =
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND "
                "pid <> pg_backend_pid()";
            co_await base.script("CREATE TABLE item (n integer)");
            co_await other->write({kill});
            co_await base.write({"INSERT INTO item VALUES (1)"});
            auto body = [&]() -> task<> {
                co_await base.write({"INSERT INTO item VALUES (2)"});
                co_await other->write({kill});
                co_await base.write({"INSERT INTO item VALUES (3)"});
            };
            EXPECT_NE(co_await failure_of<connection_error>(base.transaction(body)), "");
            group g;  // a read under way is tried again
            g.spawn([&]() -> task<> { EXPECT_EQ(co_await number(&base, "SELECT 5 FROM pg_sleep(0.2)"), 5); });
            while (co_await running(other.get()) == 0) {
            }
            co_await other->write({kill});
            co_await g.wait();
            EXPECT_EQ(co_await count(&base, "item"), 1);
        },
        connections(1));
}

TEST_F(postgres_driver, a_schema_changed_by_somebody_else_is_seen_by_the_next_statement_also_in_a_transaction) {
    with_database(
        [this](database& base) -> task<> {
            auto other = co_await database::open(url());
            co_await base.script("CREATE TABLE item (n integer); INSERT INTO item VALUES (1)");
            const statement look{"SELECT * FROM item"};
            const statement change{"UPDATE item SET n = n RETURNING *"};
            EXPECT_EQ((co_await base.read(look)).width(), 1u);
            EXPECT_EQ((co_await base.write(change)).width(), 1u);
            co_await other->script("ALTER TABLE item ADD COLUMN name text DEFAULT 'x'");
            EXPECT_EQ((co_await base.write(change)).width(), 2u);
            EXPECT_EQ((co_await base.read(look)).at(0, 1).text(), "x");
            co_await base.transaction([&]() -> task<> {
                co_await base.write({"UPDATE item SET n = 2"});
                co_await base.script("ALTER TABLE item ALTER COLUMN n TYPE text");
                const auto rows = co_await base.read(look);
                EXPECT_EQ(rows.at(0, 0).text(), "2");
            });
            co_await base.script("DEALLOCATE ALL");
            EXPECT_EQ((co_await base.read(look)).at(0, 0).text(), "2");
        },
        connections(1));
}

TEST_F(postgres_driver, deadlocks_and_conflicts_are_told_by_kind) {
    with_database([](database& base) -> task<> {
        co_await base.script(
            "CREATE TABLE item (id integer, n integer);"
            "INSERT INTO item VALUES (1, 0), (2, 0)");
        event first, second;
        int deadlocks = 0;
        auto swap = [&](event* mine, event* theirs, int a, int b) -> task<> {
            try {
                co_await base.transaction([&]() -> task<> {
                    co_await base.write({"UPDATE item SET n = n + 1 WHERE id = $1", {std::int64_t{a}}});
                    mine->set();
                    co_await theirs->wait();
                    co_await base.write({"UPDATE item SET n = n + 1 WHERE id = $1", {std::int64_t{b}}});
                });
            } catch (const conflict_error& e) {
                EXPECT_EQ(e.kind(), conflict::deadlock);
                ++deadlocks;
            }
        };
        co_await all(swap(&first, &second, 1, 2), swap(&second, &first, 2, 1));
        EXPECT_EQ(deadlocks, 1);
        auto stale = [&]() -> task<> {
            co_await number(&base, "SELECT n FROM item WHERE id = 1");
            runtime::scoped_local outside(&runtime::inherited::transaction, std::shared_ptr<transaction_state>());
            co_await base.write({"UPDATE item SET n = 7 WHERE id = 1"});
        };
        try {
            co_await base.transaction(
                [&]() -> task<> {
                    co_await stale();
                    co_await base.write({"UPDATE item SET n = 8 WHERE id = 1"});
                },
                {.isolation = isolation::repeatable_read});
            ADD_FAILURE();
        } catch (const conflict_error& e) {
            EXPECT_EQ(e.kind(), conflict::serialization);
        }
    });
}

TEST_F(postgres_driver, a_deferred_reference_broken_at_commit_is_an_error_and_leaves_nothing) {
    with_database([](database& base) -> task<> {
        co_await base.script(
            "CREATE TABLE key (id integer PRIMARY KEY);"
            "CREATE TABLE lock (key integer REFERENCES key DEFERRABLE INITIALLY DEFERRED)");
        EXPECT_NE(co_await failure_of<constraint_error>(dropped(base.write({"INSERT INTO lock VALUES (7)"}))), "");
        EXPECT_NE(co_await failure_of<constraint_error>(dropped(base.write_many({"lock", {"key"}}, {std::int64_t{7}}))),
                  "");
        EXPECT_EQ(co_await count(&base, "lock"), 0);
    });
}

TEST_F(postgres_driver, a_write_by_itself_that_ends_before_all_of_it_was_sent_leaves_nothing) {
    with_database([](database& base) -> task<> {
        co_await base.script("CREATE TABLE item (n integer)");
        base.set_context([] { return std::vector<statement>{{"SELECT 'before'"}}; }, {{"SELECT 'after'"}});
        for (const std::string_view at : {"INSERT", "SELECT 'after'", "COMMIT"}) {
            set_fault_hook([at](std::string_view sql) {
                if (sql.starts_with(at)) throw statement_error("broken here");
            });
            EXPECT_EQ(co_await failure_of<statement_error>(dropped(base.write({"INSERT INTO item VALUES (1)"}))),
                      "broken here");
            EXPECT_NE(co_await failure_of<statement_error>(
                          dropped(base.write_many("INSERT INTO item VALUES ($1)", {1, 2, 3}, 1))),
                      "");
            set_fault_hook({});
            EXPECT_EQ(co_await count(&base, "item"), 0) << at;
        }
        int batches = 0;
        set_fault_hook([&](std::string_view sql) {
            if (sql.starts_with("INSERT") && ++batches == 2) throw croft::error("in the second batch");
        });
        std::vector<value> many(20'000, std::string(1000, 'x'));
        co_await base.script("CREATE TABLE note (content text)");
        EXPECT_EQ(co_await failure_of<croft::error>(dropped(base.write_many({"note", {"content"}}, std::move(many)))),
                  "in the second batch");
        set_fault_hook({});
        EXPECT_EQ(co_await count(&base, "note"), 0);
    });
}

TEST_F(postgres_driver, a_begin_in_a_statement_of_ones_own_is_refused_and_stays_with_nobody) {
    with_database(
        [](database& base) -> task<> {
            co_await base.script("CREATE TABLE item (n integer)");
            EXPECT_THAT(co_await failure_of<transaction_error>(dropped(base.write({"BEGIN"}))),
                        HasSubstr("begun another by itself"));
            co_await base.write({"INSERT INTO item VALUES (1)"});
            auto watcher = co_await database::open(base.url());
            EXPECT_EQ(co_await count(watcher.get(), "item"), 1);
            co_await watcher->close();
        },
        connections(1));
}

TEST_F(postgres_driver, a_server_stopped_and_started_under_load_hangs_nobody_and_all_works_again) {
    if (test::environment("CROFT_TEST_POSTGRES_SERVER").empty()) GTEST_SKIP() << test::no_server;
    const test::own_server server;
    for (const std::string how : {"fast", "immediate"})
        with_url(
            server.url,
            [&](database& base) -> task<> {
                co_await base.script("CREATE TABLE IF NOT EXISTS item (n bigint)");
                bool over = false;
                std::int64_t stored = co_await count(&base, "item"), unsure = 0, failed = 0;
                event heard;
                const auto listening = co_await base.listen("news", [&](const std::string& payload) {
                    if (payload == "again") heard.set();
                });
                group g;
                for (int i = 0; i < 8; ++i)
                    g.spawn([&, i]() -> task<> {
                        while (!over) {
                            try {
                                if (i % 2)
                                    co_await number(&base, "SELECT count(*) FROM item");
                                else
                                    co_await base.transaction([&]() -> task<> {
                                        co_await base.write({"INSERT INTO item VALUES (1)"});
                                        co_await number(&base, "SELECT 1");
                                    });
                                if (i % 2 == 0) ++stored;
                            } catch (const connection_error&) {
                                ++failed;
                                if (i % 2 == 0) ++unsure;
                            }
                        }
                    });
                co_await offload([&] { server.run("stop", how); });
                co_await offload([&] { server.run("start"); });
                const auto until = stored + 20;
                while (stored < until) co_await sleep(1ms);
                over = true;
                co_await g.wait();
                const auto rows = co_await count(&base, "item");
                EXPECT_GE(rows, stored);
                EXPECT_LE(rows, stored + unsure);
                while (!heard.is_set()) {
                    co_await base.notify("news", "again");
                    (void)co_await heard.wait_for(20ms);
                }
            },
            connections(4));
}

}  // namespace
}  // namespace croft::db
