// What SQL from outside the app does to history: statements as somebody writes them in a shell.
#include "history/check.hpp"
#include "history/tables.hpp"
#include "model/sql.hpp"
#include "support/engines.hpp"

using namespace croft;

namespace {

struct history_outsider : test::each_engine {
    /// "insert 1 a 1, update 1 a 2": the versions, oldest first.
    static task<std::string> log(db::database* base) {
        const auto rows = co_await base->read(db::statement{
            "SELECT history_change, id, name, price, history_run, history_to FROM seed_history ORDER BY history_id"});
        std::string out;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            out += i ? ", " : "";
            out += std::string(rows.at(i, 0).text()) + " " + std::to_string(rows.at(i, 1).integer()) + " " +
                   std::string(rows.at(i, 2).text()) + " " +
                   (rows.at(i, 3).is_null() ? "-" : std::to_string(rows.at(i, 3).integer()));
            EXPECT_TRUE(rows.at(i, 4).is_null());
        }
        co_return out;
    }

    /// Runs the statements one by one, and gives what history says.
    std::string after(std::vector<std::string> statements) {
        std::string found;
        with_database([&](db::database& base) -> task<> {
            co_await history_test_tables::make(&base);
            for (auto& sql : statements) co_await base.script(sql);
            found = co_await log(&base);
            const auto report = co_await history::check(&model<Seed>());
            EXPECT_TRUE(report.fine()) << testing::PrintToString(report.findings());
        });
        return found;
    }
};

}  // namespace

CROFT_ON_EACH_ENGINE(history_outsider);

TEST_P(history_outsider, bulk_statements_make_a_version_for_each_row_that_changed) {
    EXPECT_EQ(after({"INSERT INTO seed (name, price) VALUES ('a', 1), ('b', 2), ('c', 3)",
                     "UPDATE seed SET price = price + 1 WHERE price > 1", "UPDATE seed SET price = price, seen = 7",
                     "DELETE FROM seed WHERE price > 2"}),
              "insert 1 a 1, insert 2 b 2, insert 3 c 3, update 2 b 3, update 3 c 4, delete 2 b 3, delete 3 c 4");
}

TEST_P(history_outsider, an_upsert_is_recorded_where_it_changed_something) {
    EXPECT_EQ(
        after({"INSERT INTO seed (name, price) VALUES ('a', 1), ('b', 2)",
               "INSERT INTO seed (id, name, price) VALUES (7, 'a', 1), (8, 'b', 9), (9, 'c', 3) ON CONFLICT (name) DO "
               "UPDATE SET price = excluded.price WHERE seed.price IS DISTINCT FROM excluded.price"}),
        "insert 1 a 1, insert 2 b 2, update 2 b 9, insert 9 c 3");
}

TEST_P(history_outsider, another_key_is_another_row) {
    EXPECT_EQ(after({"INSERT INTO seed (name) VALUES ('a')", "UPDATE seed SET id = 42, price = 3"}),
              "insert 1 a -, delete 1 a -, insert 42 a 3");
}

TEST_P(history_outsider, what_is_rolled_back_never_was) {
    EXPECT_EQ(after({"INSERT INTO seed (name, price) VALUES ('a', 1)",
                     "SAVEPOINT s; UPDATE seed SET price = 2; ROLLBACK TO s; RELEASE s; UPDATE seed SET price = 3"}),
              "insert 1 a 1, update 1 a 3");
}

TEST_P(history_outsider, versions_follow_each_other_without_a_hole_when_several_write_the_same_rows) {
    with_database([&](db::database& base) -> task<> {
        co_await history_test_tables::make(&base);
        history::attach(base);
        co_await base.script("INSERT INTO seed (name, price) VALUES ('a', 0), ('b', 0)");
        const auto write = [](db::database* base, int writer) -> task<> {
            for (int i = 0; i < 15; ++i)
                co_await base->write({i % 5 == writer ? "UPDATE seed SET price = price + 1"
                                                      : "UPDATE seed SET price = price + 1 WHERE name = 'a'"});
        };
        std::vector<task<>> writers;
        for (int i = 0; i < 5; ++i) writers.push_back(write(&base, i));
        co_await all(std::move(writers));
        EXPECT_EQ(co_await test::count(&base, "seed_history"), 2 + 5 * 15 + 5 * 3);
        EXPECT_EQ(
            co_await test::number(&base, "SELECT price FROM seed_history WHERE name = 'a' AND history_to IS NULL"),
            5 * 15);
        EXPECT_EQ(co_await test::number(&base,
                                        "SELECT count(*) FROM seed_history h WHERE history_change = 'update' AND NOT "
                                        "EXISTS (SELECT 1 FROM seed_history g WHERE g.id = h.id AND g.history_to = "
                                        "h.history_from AND g.history_id < h.history_id)"),
                  0);
        const auto report = co_await history::check(&model<Seed>());
        EXPECT_TRUE(report.fine()) << testing::PrintToString(report.findings());
    });
}

TEST_P(history_outsider, or_replace_takes_rows_and_truncate_all_of_them) {
    if (on_postgres())
        EXPECT_EQ(after({"INSERT INTO seed (name) VALUES ('a'), ('b')", "TRUNCATE seed"}),
                  "insert 1 a -, insert 2 b -, delete 1 a -, delete 2 b -");
    else
        EXPECT_EQ(
            after({"INSERT INTO seed (name) VALUES ('a'), ('b')",
                   "INSERT OR REPLACE INTO seed (id, name) VALUES (1, 'a')",
                   "INSERT OR REPLACE INTO seed (id, name) VALUES (1, 'b')",
                   "INSERT OR IGNORE INTO seed (name) VALUES ('b')", "INSERT INTO seed (id, name) VALUES (5, 'c')",
                   "UPDATE OR REPLACE seed SET name = 'c' WHERE id = 1"}),
            "insert 1 a -, insert 2 b -, delete 2 b -, update 1 b -, insert 5 c -, delete 5 c -, update 1 c -");
}

TEST_P(history_outsider, versions_can_be_neither_changed_nor_removed) {
    with_database([&](db::database& base) -> task<> {
        co_await history_test_tables::make(&base);
        co_await base.script("INSERT INTO seed (name, price) VALUES ('a', 1)");
        co_await base.script("UPDATE seed SET price = 2");
        for (std::string sql : {"DELETE FROM seed_history", "UPDATE seed_history SET price = 0",
                                "UPDATE seed_history SET history_to = history_from WHERE history_to IS NULL"})
            EXPECT_NE((co_await test::failure_of(base.script(sql))).find("append-only"), std::string::npos) << sql;
        EXPECT_EQ(co_await log(&base), "insert 1 a 1, update 1 a 2");
    });
}

TEST_P(history_outsider, as_of_pages_are_read_from_an_index) {
    with_database([&](db::database& base) -> task<> {
        co_await history_test_tables::make(&base);
        for (int i = 0; i < 10; ++i)
            co_await base.script(
                i ? "UPDATE seed SET price = price + 1"
                : on_postgres()
                    ? "INSERT INTO seed (name, price) SELECT 'seed ' || i, 0 FROM generate_series(1, 2000) i"
                    : "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
                      "INSERT INTO seed (name, price) SELECT 'seed ' || i, 0 FROM n");
        if (on_postgres()) co_await base.script("ANALYZE seed_history");
        const auto page = as_of(now()).query<Seed>().limit(50);
        for (auto& what :
             {page.order_by(f<&Seed::id>), page.order_by(f<&Seed::name>), page.where(f<&Seed::name> == "seed 7")}) {
            const std::vector<std::size_t> fields{0, 1, 2, 3};
            auto statement = model_sql::select(what.what(), fields, base.kind());
            statement.sql = (on_postgres() ? "EXPLAIN " : "EXPLAIN QUERY PLAN ") + statement.sql;
            const auto rows = co_await base.read(std::move(statement));
            std::string plan;
            for (std::size_t i = 0; i < rows.size(); ++i)
                plan += std::string(rows.at(i, on_postgres() ? 0 : 3).text()) + "\n";
            EXPECT_NE(plan.find(on_postgres() ? "using seed_history_" : "USING INDEX seed_history_"), std::string::npos)
                << plan;
            EXPECT_EQ(plan.find("Seq Scan"), std::string::npos) << plan;
        }
    });
}
