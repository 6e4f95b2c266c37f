#include <functional>

#include "croft/transaction.hpp"

#include "support.hpp"

namespace croft::db {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct transactions : test::each_engine {
    /// with_database, and a table `item (name)` in it.
    void with_items(std::function<task<>(database&)> body) {
        with_database([body](database& base) -> task<> {
            co_await base.script("CREATE TABLE item (name TEXT UNIQUE)");
            co_await body(base);
        });
    }
};
CROFT_ON_EACH_ENGINE(transactions);

struct sqlite_transactions : database_test {
    void with_items(std::function<task<>(database&)> body) {
        with_database([body](database& base) -> task<> {
            co_await base.script("CREATE TABLE item (name TEXT UNIQUE)");
            co_await body(base);
        });
    }
};

task<> add(database* base, std::string name) {
    co_await base->write(in(*base, "INSERT INTO item VALUES (?1)", {std::move(name)}));
}

TEST_P(transactions, commit_when_the_body_returns_and_reads_inside_see_its_writes) {
    with_items([](database& base) -> task<> {
        const auto inside = co_await croft::transaction([&]() -> task<std::int64_t> {
            co_await add(&base, "hoe");
            co_return co_await count(&base, "item");
        });
        EXPECT_EQ(inside, 1);
        EXPECT_EQ(co_await count(&base, "item"), 1);
    });
}

TEST_P(transactions, roll_back_when_the_body_throws_and_throw_it_on) {
    with_items([](database& base) -> task<> {
        auto body = [&]() -> task<> {
            co_await add(&base, "hoe");
            throw std::runtime_error("changed my mind");
        };
        EXPECT_EQ(co_await failure_of<std::runtime_error>(base.transaction(body)), "changed my mind");
        EXPECT_EQ(co_await count(&base, "item"), 0);
    });
}

TEST_P(transactions, roll_back_when_cancelled_before_the_next_writer_begins) {
    with_items([](database& base) -> task<> {
        for (int turns = 0; turns < 12; ++turns) {  // cancelled at another await each time
            group doomed;
            doomed.spawn([&]() -> task<> {
                co_await base.transaction([&]() -> task<> {
                    co_await add(&base, "never");
                    co_await base.transaction([&]() -> task<> { co_await add(&base, "nested"); });
                    co_await add(&base, "never 2");
                    co_await sleep(1h);
                });
            });
            for (int i = 0; i < turns; ++i) {
                if (i % 2)
                    co_await dropped(count(&base, "item"));
                else
                    co_await sleep(0s);
            }
            doomed.cancel();
            co_await doomed.wait();
            co_await add(&base, "kept " + std::to_string(turns));
            EXPECT_EQ(co_await count(&base, "item"), turns + 1);
        }
        EXPECT_EQ(co_await number(&base, "SELECT count(*) FROM item WHERE name LIKE 'never%' OR name = 'nested'"), 0);
    });
}

TEST_P(transactions, readers_outside_see_the_state_before_until_it_commits) {
    with_items([](database& base) -> task<> {
        event written, looked;
        group g;
        g.spawn([&]() -> task<> {
            co_await base.transaction([&]() -> task<> {
                co_await add(&base, "hoe");
                written.set();
                co_await looked.wait();
            });
        });
        co_await written.wait();
        EXPECT_EQ(co_await count(&base, "item"), 0);
        looked.set();
        co_await g.wait();
        EXPECT_EQ(co_await count(&base, "item"), 1);
    });
}

TEST_P(transactions, nested_ones_are_savepoints_whose_failure_leaves_the_outer_one_alone) {
    with_items([](database& base) -> task<> {
        co_await base.transaction([&]() -> task<> {
            co_await add(&base, "outer");
            auto failing = [&]() -> task<> {
                co_await add(&base, "inner");
                co_await base.transaction([&]() -> task<> { co_await add(&base, "innermost"); });
                throw error("no");
            };
            EXPECT_EQ(co_await failure_of(base.transaction(failing)), "no");
            co_await base.transaction([&]() -> task<> { co_await add(&base, "good inner"); });
        });
        EXPECT_EQ(co_await listed(&base, "SELECT name FROM item"), "outer,good inner");
    });
}

TEST_P(transactions, a_sibling_never_writes_into_a_savepoint_that_is_undone) {
    with_items([](database& base) -> task<> {
        co_await base.transaction([&]() -> task<> {
            event open;
            group siblings;
            siblings.spawn([&]() -> task<> {
                co_await open.wait();
                co_await add(&base, "sibling");
            });
            auto failing = [&]() -> task<> {
                co_await add(&base, "inner");
                open.set();
                for (int i = 0; i < 20; ++i) co_await sleep(0s);
                co_await count(&base, "item");
                throw error("no");
            };
            EXPECT_EQ(co_await failure_of(base.transaction(failing)), "no");
            co_await siblings.wait();
        });
        EXPECT_EQ(co_await listed(&base, "SELECT name FROM item"), "sibling");
    });
}

TEST_P(transactions, a_task_that_outlives_the_transaction_it_inherited_is_told_so) {
    with_items([](database& base) -> task<> {
        group later;
        event ended;
        std::string told;
        co_await base.transaction([&]() -> task<> {
            later.spawn([&]() -> task<> {
                co_await ended.wait();
                told = co_await failure_of<transaction_error>(add(&base, "late"));
                EXPECT_THROW(base.on_commit([] {}), transaction_error);
            });
            co_await add(&base, "in time");
        });
        ended.set();
        co_await later.wait();
        EXPECT_THAT(told, HasSubstr("this task belongs to a transaction that has ended"));
        EXPECT_EQ(co_await count(&base, "item"), 1);
    });
}

TEST_P(transactions, a_constraint_failure_inside_may_be_caught_and_the_transaction_goes_on) {
    with_items([](database& base) -> task<> {
        co_await base.transaction([&]() -> task<> {
            co_await add(&base, "hoe");
            EXPECT_THAT(co_await failure_of<constraint_error>(add(&base, "hoe")), HasSubstr("item.name"));
            co_await add(&base, "axe");
        });
        EXPECT_EQ(co_await count(&base, "item"), 2);
    });
}

TEST_F(sqlite_transactions, one_that_the_database_rolled_back_refuses_further_statements) {
    with_items([](database& base) -> task<> {
        auto body = [&]() -> task<> {
            co_await add(&base, "hoe");
            EXPECT_NE(co_await failure_of(dropped(base.write({"INSERT OR ROLLBACK INTO item VALUES ('hoe')"}))), "");
            EXPECT_THAT(co_await failure_of<transaction_error>(add(&base, "axe")),
                        HasSubstr("has rolled the transaction back: "));
        };
        EXPECT_THAT(co_await failure_of<transaction_error>(base.transaction(body)), HasSubstr("UNIQUE"));
        EXPECT_EQ(co_await count(&base, "item"), 0);
    });
}

TEST_P(transactions, a_commit_in_a_statement_of_ones_own_is_refused) {
    with_items([](database& base) -> task<> {
        EXPECT_THAT(co_await failure_of<transaction_error>(dropped(base.write({"COMMIT"}))),
                    HasSubstr("ended the transaction by itself"));
        co_await add(&base, "hoe");
    });
}

TEST_P(transactions, context_statements_run_after_begin_and_before_commit_of_each_also_of_single_writes) {
    with_items([](database& base) -> task<> {
        co_await base.script(std::string("CREATE TABLE context (run TEXT); CREATE TABLE log (line TEXT);") +
                             (base.kind() == engine::sqlite
                                  ? "CREATE TRIGGER t AFTER INSERT ON item BEGIN "
                                    "INSERT INTO log SELECT run || ' ' || new.name FROM context; END"
                                  : "CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                                    "INSERT INTO log SELECT run || ' ' || new.name FROM context; RETURN NULL; END $$;"
                                    "CREATE TRIGGER t AFTER INSERT ON item FOR EACH ROW EXECUTE FUNCTION t()"));
        int runs = 0;
        base.set_context(
            [&] {
                std::vector<statement> first;
                first.push_back({"SELECT 'rows of these are dropped'"});
                first.push_back(in(base, "INSERT INTO context VALUES (?1)", {std::to_string(++runs)}));
                return first;
            },
            {{"DELETE FROM context"}});
        co_await add(&base, "single");
        co_await base.transaction([&]() -> task<> {
            co_await add(&base, "a");
            co_await base.transaction([&]() -> task<> { co_await add(&base, "b"); });
        });
        co_await base.write_many({"item", {"name"}}, {"c"});
        EXPECT_EQ(co_await listed(&base, "SELECT line FROM log"), "1 single,2 a,2 b,3 c");
        EXPECT_EQ(co_await count(&base, "context"), 0);
    });
}

TEST_F(sqlite_transactions, a_broken_reference_found_at_commit_is_an_error_that_names_it) {
    with_items([](database& base) -> task<> {
        co_await base.script(
            "CREATE TABLE key (id INTEGER PRIMARY KEY);"
            "CREATE TABLE lock (key INTEGER REFERENCES key DEFERRABLE INITIALLY DEFERRED)");
        const auto told = co_await failure_of<constraint_error>(dropped(base.write({"INSERT INTO lock VALUES (7)"})));
        EXPECT_THAT(told, HasSubstr("lock row 1 refers to a missing row of key"));
        EXPECT_EQ(co_await count(&base, "lock"), 0);
    });
}

TEST_F(sqlite_transactions, tables_can_be_rebuilt_with_references_checked_at_commit) {
    with_items([](database& base) -> task<> {
        co_await base.script(
            "CREATE TABLE key (id INTEGER PRIMARY KEY);"
            "CREATE TABLE lock (key INTEGER REFERENCES key ON DELETE CASCADE);"
            "INSERT INTO key VALUES (1); INSERT INTO lock VALUES (1)");
        auto rebuild = [&](std::string rows) {
            return base.transaction(
                [&base, rows]() -> task<> {
                    co_await base.script("CREATE TABLE new_key (id INTEGER PRIMARY KEY, name TEXT);" + rows +
                                         "DROP TABLE key; ALTER TABLE new_key RENAME TO key");
                },
                {.check_references_at_commit = true});
        };
        EXPECT_THAT(co_await failure_of<constraint_error>(rebuild("")), HasSubstr("lock row 1"));
        co_await rebuild("INSERT INTO new_key (id) SELECT id FROM key;");
        EXPECT_EQ(co_await count(&base, "lock"), 1);
        EXPECT_NE(co_await failure_of<constraint_error>(dropped(base.write({"INSERT INTO lock VALUES (2)"}))), "");
    });
}

TEST_P(transactions, without_an_app_the_short_form_says_that_there_is_no_database) {
    auto body = []() -> task<> { co_await croft::transaction([]() -> task<> { co_return; }); };
    EXPECT_THROW(run(body()), croft::error);
}

}  // namespace
}  // namespace croft::db
