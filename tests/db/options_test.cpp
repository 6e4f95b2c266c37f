// Isolation, retries, read-only transactions, hooks and notifications, on both engines.
#include <functional>

#include "support.hpp"

namespace croft::db {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct transaction_settings : test::each_engine {
    /// with_database, and a table `counter (n)` with one row, 0.
    void with_counter(std::function<task<>(database&)> body, options settings = {}) {
        with_database(
            [body](database& base) -> task<> {
                co_await base.script("CREATE TABLE counter (n INTEGER); INSERT INTO counter VALUES (0)");
                co_await body(base);
            },
            settings);
    }
};
CROFT_ON_EACH_ENGINE(transaction_settings);

task<> set_counter(database* base, std::int64_t n) {
    co_await base->write(in(*base, "UPDATE counter SET n = ?1", {n}));
}

task<> count_up(database* base) { co_await set_counter(base, co_await number(base, "SELECT n FROM counter") + 1); }

TEST_P(transaction_settings, conflicts_are_run_again_where_asked_for_so_that_no_update_is_lost) {
    with_counter([](database& base) -> task<> {
        group g;
        for (int i = 0; i < 4; ++i)
            g.spawn([&]() -> task<> {
                for (int round = 0; round < 5; ++round)
                    co_await base.transaction([&]() { return count_up(&base); },
                                              {.isolation = isolation::serializable, .retries = 1000});
            });
        co_await g.wait();
        EXPECT_EQ(co_await number(&base, "SELECT n FROM counter"), 20);
    });
}

TEST_P(transaction_settings, a_read_only_transaction_sees_one_state_beside_a_writer_and_refuses_to_write) {
    with_counter([](database& base) -> task<> {
        co_await base.transaction(
            [&]() -> task<> {
                EXPECT_EQ(co_await number(&base, "SELECT n FROM counter"), 0);
                group writer;
                event written;
                // The writer's own transaction: it must not inherit this one.
                writer.spawn([&]() -> task<> {
                    runtime::locals().transaction = nullptr;
                    co_await set_counter(&base, 7);
                    EXPECT_EQ(co_await number(&base, "SELECT n FROM counter"), 7);
                    written.set();
                });
                co_await written.wait();
                EXPECT_EQ(co_await number(&base, "SELECT n FROM counter"), 0);
                EXPECT_THAT(co_await failure_of<statement_error>(set_counter(&base, 1)), HasSubstr("read_only"));
                co_await base.transaction([&]() -> task<> {
                    EXPECT_THAT(co_await failure_of<statement_error>(set_counter(&base, 1)), HasSubstr("read_only"));
                });
            },
            {.read_only = true});
        EXPECT_EQ(co_await number(&base, "SELECT n FROM counter"), 7);
    });
}

TEST_P(transaction_settings, more_isolation_than_the_outer_transaction_has_is_refused) {
    with_counter([](database& base) -> task<> {
        co_await base.transaction([&]() -> task<> {
            auto strict = base.transaction([]() -> task<> { co_return; }, {.isolation = isolation::serializable});
            EXPECT_THAT(co_await failure_of<transaction_error>(std::move(strict)), HasSubstr("more isolated"));
        });
    });
}

TEST_P(transaction_settings, hooks_run_in_order_after_the_outermost_commit_and_those_of_what_was_undone_never) {
    with_counter([](database& base) -> task<> {
        std::vector<std::string> seen;
        const auto note = [&](std::string name) { croft::on_commit([&seen, name] { seen.push_back(name); }); };
        auto failing = [&]() -> task<> {
            note("undone");
            co_await set_counter(&base, 1);
            throw error("no");
        };
        co_await base.transaction([&]() -> task<> {
            note("first");
            EXPECT_EQ(co_await failure_of(base.transaction(failing)), "no");
            co_await base.transaction([&]() -> task<> {
                note("nested");
                co_await set_counter(&base, 2);
            });
            note("last");
            croft::on_commit([] { throw error("logged, and harmless"); });
            EXPECT_TRUE(seen.empty());
        });
        EXPECT_THAT(seen, ElementsAre("first", "nested", "last"));
        EXPECT_EQ(co_await failure_of(base.transaction(failing)), "no");
        EXPECT_EQ(seen.size(), 3u);
        note("at once");
        EXPECT_EQ(seen.back(), "at once");
        EXPECT_EQ(co_await number(&base, "SELECT n FROM counter"), 2);
    });
}

TEST_P(transaction_settings, listeners_hear_what_was_committed_and_nothing_after_they_are_gone) {
    with_counter([](database& base) -> task<> {
        std::vector<std::string> heard;
        event arrived;
        auto listening = std::make_optional(co_await base.listen("Jobs \"new\"", [&](const std::string& payload) {
            heard.push_back(payload);
            if (payload == "end") arrived.set();
        }));
        auto failing = [&]() -> task<> {
            co_await base.notify("Jobs \"new\"", "rolled back");
            throw error("no");
        };
        EXPECT_EQ(co_await failure_of(base.transaction(failing)), "no");
        co_await base.transaction([&]() -> task<> { co_await base.notify("Jobs \"new\"", "1"); });
        co_await base.notify("another channel", "not for us");
        co_await base.notify("Jobs \"new\"", "end");
        co_await arrived.wait();
        EXPECT_THAT(heard, ElementsAre("1", "end"));
        listening.reset();
        arrived.reset();
        const auto second = co_await base.listen("Jobs \"new\"", [&](const std::string&) { arrived.set(); });
        co_await base.notify("Jobs \"new\"", "later");
        co_await arrived.wait();
        EXPECT_EQ(heard.size(), 2u);
    });
}

TEST_P(transaction_settings, a_statement_cancelled_inside_is_stopped_and_undone_and_the_transaction_goes_on) {
    with_counter([](database& base) -> task<> {
        const std::string endless =
            base.kind() == engine::sqlite
                ? "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
                : "SELECT count(*)::integer FROM generate_series(1, 1000000000000)";
        co_await base.transaction([&]() -> task<> {
            co_await set_counter(&base, 3);
            EXPECT_THROW(co_await with_timeout(30ms, number(&base, endless)), timeout_error);
            auto nested = [&]() -> task<> {
                co_await set_counter(&base, 4);
                co_await number(&base, endless);
            };
            EXPECT_THROW(co_await with_timeout(30ms, base.transaction(nested)), timeout_error);
            EXPECT_EQ(co_await number(&base, "SELECT n FROM counter"), 3);
        });
        EXPECT_EQ(co_await number(&base, "SELECT n FROM counter"), 3);
        auto body = [&]() -> task<> {  // a write that is cut short takes the transaction with it on SQLite, and says so
            co_await set_counter(&base, 5);
            auto slow = dropped(base.write({"UPDATE counter SET n = (" + endless + ")"}));
            EXPECT_THROW(co_await with_timeout(30ms, std::move(slow)), timeout_error);
            co_await number(&base, "SELECT n FROM counter");
        };
        const bool lost = base.kind() == engine::sqlite;
        EXPECT_THAT(co_await failure_of<transaction_error>(base.transaction(body)),
                    HasSubstr(lost ? "rolled the transaction back" : ""));
        EXPECT_EQ(co_await number(&base, "SELECT n FROM counter"), lost ? 3 : 5);
    });
}

}  // namespace
}  // namespace croft::db
