// SQLite can't change most of a table: it is made anew. Nothing that hangs on it may get lost on the way.
#include <sys/wait.h>
#include <unistd.h>

#include "db/fault.hpp"
#include "migrate/support.hpp"

namespace croft::migrations {

namespace {

operations first() {
    return {
        create_table{"item",
                     {id(), text("name"), text("old").initial("x"), integer32("price").nullable(),
                      reference("key", "item", croft::on_delete::set_null).nullable()}},
        add_unique{"item", {"name"}},
        keep_history{"item"},
        create_table{"part", {id(), reference("item", "item"), integer32("count")}},
    };
}
operations second() {
    return {drop_column{"item", "old"}, alter_column{"item", integer64("price").initial(3).fill(9)}};
}

struct rebuilt_table : sqlite_fixture {
    task<> fill() {
        co_await base->script(
            "INSERT INTO item (name, price) VALUES ('hoe', 1), ('seed', NULL), ('gone', 2);"
            "UPDATE item SET key = 1 WHERE name = 'seed';"
            "INSERT INTO part (item, count) VALUES (1, 10), (2, 20);"
            "DELETE FROM item WHERE name = 'gone';"
            "CREATE INDEX by_hand ON item (price, name);"
            "CREATE TABLE log (what TEXT);"
            "CREATE TRIGGER watch AFTER UPDATE ON item BEGIN INSERT INTO log VALUES (NEW.name); END;"
            "CREATE TRIGGER from_afar AFTER INSERT ON part BEGIN UPDATE item SET price = 0 WHERE id = NEW.item; END;"
            "CREATE VIEW cheap AS SELECT name FROM item WHERE price < 5;");
    }
};

}  // namespace

TEST_F(rebuilt_table, keeps_rows_indexes_triggers_views_references_and_the_sequence) {
    in_database([&]() -> task<> {
        co_await migrate(program_of({first()}));
        co_await fill();
        co_await migrate(program_of({first(), second()}));
        EXPECT_EQ(co_await rows("SELECT id, name, price, key FROM item ORDER BY id"),
                  "1 \"hoe\" 1 null\n2 \"seed\" 9 1\n");
        EXPECT_EQ(co_await rows("SELECT item, count FROM part ORDER BY id"), "1 10\n2 20\n");
        EXPECT_EQ(
            co_await rows("SELECT name FROM sqlite_master WHERE type IN ('index', 'trigger', 'view') AND sql IS NOT "
                          "NULL AND name NOT LIKE 'item_history%' AND name NOT LIKE 'croft%' ORDER BY name"),
            "\"by_hand\"\n\"cheap\"\n\"from_afar\"\n\"item_key_index\"\n\"item_name_unique\"\n\"part_item_index\"\n"
            "\"watch\"\n");
        EXPECT_EQ(co_await rows("SELECT name FROM cheap"), "\"hoe\"\n");
        co_await base->write({"INSERT INTO item (name) VALUES ('new')"});
        EXPECT_EQ(co_await cell("SELECT id FROM item WHERE name = 'new'"), "4") << "3 was given out once";
        EXPECT_EQ(co_await cell("SELECT price FROM item WHERE name = 'new'"), "3");
        co_await base->write({"UPDATE item SET price = 4 WHERE name = 'new'"});
        EXPECT_EQ(co_await rows("SELECT what FROM log"), "\"new\"\n");
        co_await base->write({"INSERT INTO part (item, count) VALUES (1, 30)"});
        EXPECT_EQ(co_await cell("SELECT price FROM item WHERE id = 1"), "0");
        co_await base->write({"DELETE FROM item WHERE id = 1"});
        EXPECT_EQ(co_await rows("SELECT item FROM part"), "2\n") << "the reference cascades to the new table's rows";
        EXPECT_EQ(co_await cell("SELECT key FROM item WHERE id = 2"), "null");
    });
}

TEST_F(rebuilt_table, keeps_its_history_and_the_dropped_column_in_it) {
    in_database([&]() -> task<> {
        co_await migrate(program_of({first()}));
        co_await fill();
        const auto before = co_await rows("SELECT history_id, id, name, old, price, history_change FROM item_history");
        co_await migrate(program_of({first(), second()}));
        EXPECT_EQ(
            co_await rows("SELECT history_id, id, name, old, coalesce(nullif(price, 9), 'null'), history_change FROM "
                          "item_history WHERE 0"),
            "");
        EXPECT_EQ(co_await cell("SELECT count(*) FROM item_history WHERE old = 'x'"),
                  co_await cell("SELECT count(*) FROM item_history"));
        co_await base->write({"INSERT INTO item (name) VALUES ('new')"});
        EXPECT_EQ(co_await rows("SELECT name, old, history_change FROM item_history WHERE name = 'new'"),
                  "\"new\" null \"insert\"\n");
        EXPECT_TRUE((co_await look(program_of({first(), second()}))).done());
        EXPECT_NE(before, "");
    });
}

TEST_F(rebuilt_table, keeps_columns_that_migrations_do_not_know_with_what_hangs_on_them) {
    in_database([&]() -> task<> {
        co_await migrate(program_of({first()}));
        co_await fill();
        co_await base->script(
            "ALTER TABLE item ADD COLUMN extra TEXT DEFAULT 'a, (b' CHECK (extra <> ')');"
            "ALTER TABLE item ADD COLUMN \"two words\" INTEGER NOT NULL DEFAULT 4 /* not, null */;"
            "ALTER TABLE item ADD COLUMN doubled INTEGER AS (\"two words\" * 2);"
            "ALTER TABLE item_history ADD COLUMN seen INTEGER;"
            "UPDATE item SET extra = 'kept', \"two words\" = 5 WHERE name = 'hoe';"
            "CREATE INDEX by_extra ON item (extra);"
            "CREATE TRIGGER watch_extra AFTER UPDATE OF extra ON item BEGIN INSERT INTO log VALUES (NEW.extra); END;");
        co_await migrate(program_of({first(), second()}));
        EXPECT_EQ(co_await rows("SELECT name, price, extra, \"two words\", doubled FROM item ORDER BY id"),
                  "\"hoe\" 1 \"kept\" 5 10\n\"seed\" 9 \"a, (b\" 4 8\n");
        EXPECT_EQ(co_await cell("SELECT count(seen) FROM item_history"), "0");
        EXPECT_TRUE(co_await has_index("item", "by_extra"));
        co_await base->write({"UPDATE item SET extra = 'changed' WHERE name = 'hoe'"});
        EXPECT_EQ(co_await cell("SELECT count(*) FROM log WHERE what = 'changed'"), "1");
        co_await base->script("ALTER TABLE item ADD COLUMN stays INTEGER");
        co_await migrate(program_of({first(), second()}), "1");
        EXPECT_EQ(co_await rows("SELECT name, extra, doubled, stays FROM item WHERE id = 1"),
                  "\"hoe\" \"changed\" 10 null\n");
    });
}

TEST_F(rebuilt_table, refuses_to_lose_a_column_that_can_not_come_along) {
    in_database([&]() -> task<> {
        co_await base->script(
            "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '', mine TEXT UNIQUE) STRICT");
        const operations all{create_table{"item", {id(), text("name")}}};
        co_await migrate(program_of({all}));
        const auto said = co_await refusal(program_of({all, {alter_column{"item", text("name").nullable()}}}));
        EXPECT_NE(said.find("the table item is made anew, and its column mine TEXT UNIQUE, which isn't in the models, "
                            "can't come along"),
                  said.npos)
            << said;
        EXPECT_EQ(co_await cell("SELECT count(mine) FROM item"), "0");
    });
}

TEST_F(rebuilt_table, refuses_values_that_do_not_fit_and_changes_nothing) {
    in_database([&]() -> task<> {
        co_await migrate(program_of({first()}));
        co_await fill();
        const auto before = co_await dump();
        const auto said = co_await refusal(program_of({first(), {alter_column{"item", integer32("name")}}}));
        EXPECT_NE(said.find("0002_b: "), said.npos) << said;
        EXPECT_EQ(co_await dump(), before);
        const auto missing = co_await refusal(
            program_of({first(), {alter_column{"part", reference("item", "part")}, sql{"UPDATE part SET item = 77"}}}));
        EXPECT_NE(missing.find("part"), missing.npos)
            << "what references point to is checked at the commit: " << missing;
        EXPECT_EQ(co_await dump(), before);
        EXPECT_EQ(co_await cell("PRAGMA legacy_alter_table"), "0");
    });
}

TEST_F(rebuilt_table, survives_a_crash_between_any_two_statements) {
    const auto all = program_of({first(), second()});
    std::string before, after;
    in_database([&]() -> task<> {
        co_await migrate(program_of({first()}));
        co_await fill();
        before = co_await dump() + co_await rows("SELECT * FROM item_history");
    });
    const auto kept = file("kept.db");
    std::filesystem::copy_file(file(), kept);
    const auto restore = [&] {
        for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(file("test.db" + std::string(end)));
        std::filesystem::copy_file(kept, file());
    };
    const auto look_and_finish = [&]() -> task<std::string> {
        auto found = co_await dump() + co_await rows("SELECT * FROM item_history");
        co_await migrate(all);
        EXPECT_TRUE((co_await look(all)).done());
        EXPECT_EQ(co_await cell("SELECT count(*) FROM item"), "2");
        EXPECT_EQ(co_await dump() + co_await rows("SELECT * FROM item_history"), after.empty() ? found : after);
        co_return found;
    };
    in_database([&]() -> task<> {
        co_await migrate(all);
        after = co_await look_and_finish();
    });
    int crashes = 0;
    for (int stop = 1, status = 1; status != 0; ++stop) {
        restore();
        const pid_t child = ::fork();
        if (child == 0) {
            int count = 0;  // from the migration's first statement on
            db::set_fault_hook([&](std::string_view sql) {
                if ((count > 0 || sql.starts_with("DROP TRIGGER IF EXISTS")) && ++count == stop) ::_exit(42);
            });
            in_database([&]() -> task<> { co_await migrate(all); });
            ::_exit(0);
        }
        ::waitpid(child, &status, 0);
        in_database([&]() -> task<> {
            const auto found = co_await look_and_finish();
            EXPECT_TRUE(found == before || found == after) << "at statement " << stop << "\n" << found;
        });
        crashes += status != 0;
    }
    EXPECT_GT(crashes, 20);
}

}  // namespace croft::migrations
