#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "support.hpp"

namespace croft::db {
namespace {

struct values : test::each_engine {};
CROFT_ON_EACH_ENGINE(values);
using sqlite_values = database_test;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(sqlite_values, every_kind_of_value_comes_back_as_it_went_in) {
    with_database([](database& base) -> task<> {
        const bytes blob{std::byte{0}, std::byte{255}, std::byte{7}};
        const auto time = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + 5us;
        std::vector<value> all{{}, true, std::numeric_limits<std::int64_t>::min(), 0.1, "aü", blob, time};
        const auto rows = co_await base.read({"SELECT ?1 AS n, ?2, ?3, ?4, ?5, ?6, ?7", std::move(all)});
        EXPECT_EQ(rows.size(), 1u);
        EXPECT_EQ(rows.width(), 7u);
        EXPECT_EQ(rows.columns()[0], "n");
        EXPECT_TRUE(rows.at(0, 0).is_null());
        EXPECT_EQ(rows.at(0, 1).integer(), 1);
        EXPECT_EQ(rows.at(0, 2).integer(), std::numeric_limits<std::int64_t>::min());
        EXPECT_EQ(rows.at(0, 3).real(), 0.1);
        EXPECT_EQ(rows.at(0, 4).text(), "aü");
        EXPECT_EQ(rows.at(0, 5).to_value(), value(blob));
        EXPECT_EQ(rows.at(0, 6).text(), "2026-03-01T00:00:00.000005Z");
    });
}

TEST_F(sqlite_values, empty_text_and_empty_bytes_are_not_null) {
    with_database([](database& base) -> task<> {
        const auto rows = co_await base.read({"SELECT ?1, ?2", {std::string(), bytes()}});
        EXPECT_EQ(rows.at(0, 0).to_value(), value(std::string()));
        EXPECT_EQ(rows.at(0, 1).to_value(), value(bytes()));
    });
}

TEST_P(values, a_text_that_is_not_utf8_or_has_a_zero_byte_is_refused_before_it_is_written) {
    with_database([&](database& base) -> task<> {
        co_await base.script("CREATE TABLE item (t text)");
        const auto broken = on_postgres() ? "invalid byte sequence for encoding \"UTF8\"" : "not UTF-8 at its byte 1";
        for (const auto& [text, why] :
             {std::pair(std::string("a\xff"), broken), std::pair(std::string("a\0b", 3), "with a zero byte")}) {
            EXPECT_THAT(co_await failure_of<statement_error>(
                            dropped(base.write(in(base, "INSERT INTO item VALUES (?1)", {text})))),
                        HasSubstr(why));
            EXPECT_THAT(co_await failure_of<statement_error>(dropped(base.write_many({"item", {"t"}}, {"x", text}))),
                        HasSubstr(why));
        }
        EXPECT_EQ(co_await count(&base, "item"), 0);
    });
}

TEST_P(values, a_cell_read_as_something_else_is_refused_with_both_types) {
    with_database([](database& base) -> task<> {
        const auto rows = co_await base.read({"SELECT 'hoe', 3"});
        EXPECT_THROW(rows.at(0, 0).integer(), error);
        EXPECT_EQ(rows.at(0, 1).real(), 3.0);
        try {
            (void)rows.at(0, 1).text();
            ADD_FAILURE();
        } catch (const error& e) {
            EXPECT_STREQ(e.what(), "a cell was read as text but holds integer");
        }
    });
}

TEST_P(values, a_write_tells_what_it_changed_and_the_new_key) {
    with_database([](database& base) -> task<> {
        co_await base.script("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT)");
        const auto sqlite = base.kind() == engine::sqlite;
        const auto first = co_await base.write({"INSERT INTO item VALUES (7, 'hoe')"});
        EXPECT_EQ(first.changes, 1);
        EXPECT_EQ(first.last_insert_id, sqlite ? 7 : 0);
        const auto none = co_await base.write({"UPDATE item SET name = 'x' WHERE id = 8"});
        EXPECT_EQ(none.changes, 0);
        EXPECT_EQ(none.last_insert_id, 0);
        const auto ddl = co_await base.write({"CREATE TABLE other (id INTEGER)"});
        EXPECT_EQ(ddl.changes, 0);
        const auto returned = co_await base.write({"INSERT INTO item VALUES (8, 'axe') RETURNING id, name"});
        EXPECT_EQ(returned.at(0, 0).integer(), 8);
        EXPECT_EQ(returned.at(0, 1).text(), "axe");
    });
}

TEST_F(sqlite_values, last_insert_rowid_in_sql_sees_the_insert_before_it) {
    with_database([](database& base) -> task<> {
        co_await base.script("CREATE TABLE item (id INTEGER PRIMARY KEY, parent INTEGER)");
        co_await base.transaction([&]() -> task<> {
            co_await base.write({"INSERT INTO item VALUES (7, NULL)"});
            co_await base.write({"UPDATE item SET parent = 1 WHERE id = 99"});
            co_await base.write({"INSERT INTO item (parent) VALUES (last_insert_rowid())"});
        });
        EXPECT_EQ(co_await number(&base, "SELECT parent FROM item WHERE id = 8"), 7);
    });
}

insertion upsert_of_items(const database& base) {
    return {"item",
            {"id", "name"},
            {0},
            std::string(" ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE item.name ") +
                (base.kind() == engine::sqlite ? "IS NOT" : "IS DISTINCT FROM") + " excluded.name"};
}

/// A table that counts in `log` what its triggers saw.
std::string items_with_triggers(const database& base) {
    return std::string("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE log (what TEXT);") +
           (base.kind() == engine::sqlite
                ? "CREATE TRIGGER a AFTER INSERT ON item BEGIN INSERT INTO log (what) VALUES ('i'); END;"
                  "CREATE TRIGGER b AFTER UPDATE ON item BEGIN INSERT INTO log (what) VALUES ('u'); END;"
                : "CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                  "INSERT INTO log VALUES (TG_OP); RETURN NULL; END $$;"
                  "CREATE TRIGGER t AFTER INSERT OR UPDATE ON item FOR EACH ROW EXECUTE FUNCTION t();");
}

TEST_P(values, write_many_tells_inserted_updated_and_unchanged_rows_apart) {
    with_database([](database& base) -> task<> {
        co_await base.script(items_with_triggers(base));
        co_await base.script("INSERT INTO item VALUES (1, 'hoe'), (2, 'axe')");
        const std::vector<value> rows{std::int64_t{0}, "zero", std::int64_t{1}, "hoe",
                                      std::int64_t{2}, "pick", std::int64_t{3}, "saw"};
        using enum row_effect;
        const auto into = upsert_of_items(base);
        EXPECT_THAT(co_await base.write_many(into, rows), ElementsAre(inserted, unchanged, updated, inserted));
        EXPECT_EQ(co_await count(&base, "log"), 5);
        co_await base.script("DELETE FROM item WHERE id = 3; UPDATE item SET name = 'axe' WHERE id = 2");
        const auto one_by_one = in(base, one_row(into, '?')).sql;  // the general form tells the same
        EXPECT_THAT(co_await base.write_many(one_by_one, rows, 2),
                    ElementsAre(unchanged, unchanged, updated, inserted));
        EXPECT_THAT(co_await base.write_many(in(base, "UPDATE item SET name = ?2 WHERE id = ?1").sql,
                                             {std::int64_t{1}, "spade", std::int64_t{99}, "none"}, 2),
                    ElementsAre(updated, unchanged));
        EXPECT_TRUE((co_await base.write_many(into, {})).empty());
    });
}

TEST_P(values, insert_many_tells_the_keys_that_the_database_gives_in_the_order_of_the_rows) {
    with_database([](database& base) -> task<> {
        const bool sqlite = base.kind() == engine::sqlite;
        co_await base.script(sqlite ? "CREATE TABLE item (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE)"
                                    : "CREATE TABLE item (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, "
                                      "name text UNIQUE)");
        const insertion into{.table = "item", .columns = {"name"}, .returning = "id"};
        std::vector<value> names;
        for (int i = 0; i < 1200; ++i) names.emplace_back(std::to_string(i * 7919 % 1200));
        const auto keys = co_await base.insert_many(into, names);
        EXPECT_EQ(keys.size(), names.size());
        const auto rows = co_await base.read(statement{"SELECT id, name FROM item ORDER BY id"});
        for (std::size_t i = 0; i < keys.size(); ++i) {
            EXPECT_EQ(rows.at(i, 0).integer(), keys[i]);
            EXPECT_EQ(value(std::string(rows.at(i, 1).text())), names[i]);
        }
        co_await base.transaction([&]() -> task<> {
            EXPECT_THROW(co_await base.insert_many(into, {"a", "b", "7"}), constraint_error);
            EXPECT_EQ((co_await base.insert_many(into, {"a", "b"})).size(), 2u) << "the transaction goes on";
        });
        EXPECT_EQ(co_await count(&base, "item"), 1202);
        EXPECT_TRUE((co_await base.insert_many(into, {})).empty());
    });
}

TEST_P(values, write_many_of_more_than_a_batch_with_the_same_key_again_and_null_keys_writes_row_after_row) {
    with_database([](database& base) -> task<> {
        co_await base.script("CREATE TABLE item (id INTEGER UNIQUE, name TEXT)");
        std::vector<value> rows;
        for (std::int64_t i = 0; i < 1200; ++i) {
            rows.emplace_back(i % 7 == 6 ? value{} : value(i % 1000));
            rows.emplace_back("name, \"" + std::to_string(i) + "\" {\\}");
        }
        const auto effects = co_await base.write_many(upsert_of_items(base), rows);
        EXPECT_EQ(std::ranges::count(effects, row_effect::inserted), co_await count(&base, "item"));
        EXPECT_EQ(effects[1001], row_effect::updated);
        EXPECT_EQ(effects[6], row_effect::inserted);
        EXPECT_EQ(co_await listed(&base, "SELECT name FROM item WHERE id = 1"), R"(name, "1001" {\})");
        std::vector<value> twice{std::int64_t{1}, "a", std::int64_t{1}, "b", std::int64_t{1}, "b"};
        using enum row_effect;
        EXPECT_THAT(co_await base.write_many(upsert_of_items(base), twice), ElementsAre(updated, updated, unchanged));
    });
}

TEST_P(values, write_many_is_all_or_nothing_and_names_the_row_also_in_a_transaction_that_goes_on) {
    with_database([](database& base) -> task<> {
        co_await base.script("CREATE TABLE item (name TEXT NOT NULL)");
        co_await base.transaction([&]() -> task<> {
            co_await base.write({"INSERT INTO item VALUES ('before')"});
            try {
                co_await base.write_many({"item", {"name"}}, {"a", "b", value{}, "d"});
                ADD_FAILURE();
            } catch (const constraint_error& e) {
                EXPECT_EQ(e.row(), 2u);
                EXPECT_EQ(e.subject(), "item.name");
                EXPECT_THAT(e.what(), HasSubstr("at row 2"));
            }
        });
        EXPECT_EQ(co_await count(&base, "item"), 1);
    });
}

TEST_P(values, several_reads_in_one_go_answer_in_order) {
    with_database([](database& base) -> task<> {
        std::vector<statement> queries{{"SELECT 1"}, in(base, "SELECT ?1", {"two"}), {"SELECT 3 AS three WHERE 1 = 0"}};
        const auto answers = co_await base.read(std::move(queries));
        EXPECT_EQ(answers.size(), 3u);
        EXPECT_EQ(answers[1].at(0, 0).text(), "two");
        EXPECT_EQ(answers[2].size(), 0u);
        EXPECT_EQ(answers[2].columns(), std::vector<std::string>{"three"});
    });
}

}  // namespace
}  // namespace croft::db
