#include "db/fault.hpp"
#include "migrate/support.hpp"

namespace croft::migrations {

namespace {

struct migrator : fixture {};

operations first() { return {create_table{"item", {id(), text("name")}}, add_unique{"item", {"name"}}}; }
operations second() { return {add_column{"item", integer32("price").initial(5)}, keep_history{"item"}}; }
operations third() { return {rename_column{"item", "name", "title"}, add_index{"item", {"price"}}}; }

}  // namespace

TEST_F(migrator, applies_what_a_database_lacks_and_remembers_it) {
    in_database([&]() -> task<> {
        const auto two = program_of({first(), second()});
        auto left = co_await look(two);
        EXPECT_EQ(left.stages.size(), 3u) << "Croft's own tables, and two migrations";
        const auto done = co_await migrate(two);
        EXPECT_EQ(done.stages.size(), 3u);
        EXPECT_TRUE((co_await look(two)).done());
        EXPECT_TRUE((co_await migrate(two)).stages.empty());
        co_await base->write({"INSERT INTO item (name) VALUES ('hoe')"});
        EXPECT_EQ(co_await cell("SELECT price FROM item_history"), "5");
        const auto three = program_of({first(), second(), third()});
        EXPECT_EQ((co_await migrate(three)).stages.size(), 1u);
        EXPECT_EQ(co_await cell("SELECT title FROM item"), "\"hoe\"");
        EXPECT_EQ(co_await rows("SELECT name, state FROM croft_migration WHERE name <> '' ORDER BY id"),
                  "\"0001_a\" \"applied\"\n\"0002_b\" \"applied\"\n\"0003_c\" \"applied\"\n");
    });
}

TEST_F(migrator, goes_back_to_a_migration_and_forward_again_to_the_same_shape) {
    in_database([&]() -> task<> {
        const auto all = program_of({first(), second(), third()});
        co_await migrate(all);
        co_await base->write({"INSERT INTO item (title) VALUES ('hoe')"});
        const auto shape = co_await dump();
        co_await migrate(all, "0001");
        EXPECT_EQ(co_await cell("SELECT name FROM item"), "\"hoe\"");
        EXPECT_EQ(co_await cell("SELECT count(*) FROM sqlite_master WHERE name LIKE 'item_history%'"), "0");
        co_await migrate(all);
        EXPECT_EQ(co_await dump(), shape);
        co_await migrate(all, "zero");
        EXPECT_EQ(co_await cell("SELECT count(*) FROM sqlite_master WHERE name = 'item'"), "0");
        EXPECT_EQ(co_await cell("SELECT count(*) FROM croft_migration WHERE name <> ''"), "0");
    });
}

TEST_F(migrator, loses_data_only_when_told_to) {
    in_database([&]() -> task<> {
        const auto all = program_of({first(), second(), {drop_column{"item", "price"}}});
        EXPECT_EQ(co_await refusal(all, {}, losing::nothing),
                  "applying 0003_c loses data (item.price), so it isn't done by itself: the command migrate does it");
        EXPECT_EQ(co_await cell("SELECT count(*) FROM sqlite_master WHERE name = 'item'"), "0") << "nothing was begun";
        EXPECT_EQ(co_await refusal(all), "");
        EXPECT_EQ(
            co_await refusal(all, "0001"),
            "undoing 0002_b loses data (the history of item is dropped; item.price is dropped): --allow-destructive "
            "does it nevertheless");
        EXPECT_EQ(co_await refusal(all, "0001", losing::anything), "");
    });
}

TEST_F(migrator, says_what_was_changed_removed_or_numbered_too_low_after_it_was_applied) {
    in_database([&]() -> task<> {
        co_await migrate(program_of({first(), second()}));
        auto edited = second();
        edited.pop_back();
        EXPECT_NE((co_await refusal(program_of({first(), edited})))
                      .find("0002_b was changed after it was applied (0002_b.cpp:3)"),
                  std::string::npos);
        EXPECT_NE((co_await refusal(program_of({first()})))
                      .find("0002_b is applied to this database, and this program doesn't have it"),
                  std::string::npos);
        const program late({{"0001_a", "", first()}, {"0002_b", "", second()}});
        co_await base->write({"DELETE FROM croft_migration WHERE name = '0001_a'"});
        EXPECT_NE((co_await refusal(late)).find("0002_b is applied to this database, and 0001_a before it is not"),
                  std::string::npos);
    });
}

TEST_F(migrator, adopts_a_database_that_was_made_without_migrations) {
    in_database([&]() -> task<> {
        co_await base->script(
            "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '') STRICT; "
            "INSERT INTO item (name) VALUES ('hoe')");
        const auto all = program_of({first(), second()});
        const auto done = co_await migrate(all);
        EXPECT_EQ(done.stages.at(1).what, stage::kind::adopting);
        EXPECT_EQ(co_await cell("SELECT price FROM item WHERE name = 'hoe'"), "5");
        EXPECT_EQ(co_await cell("SELECT count(*) FROM sqlite_master WHERE name = 'item_name_unique'"), "1");
        EXPECT_TRUE((co_await look(all)).done());
    });
}

TEST_F(migrator, does_not_adopt_what_has_another_shape_and_says_where_it_differs) {
    in_database([&]() -> task<> {
        co_await base->script("CREATE TABLE item (id INTEGER PRIMARY KEY, name INTEGER, extra TEXT NOT NULL) STRICT");
        const auto said = co_await refusal(program_of({first()}));
        EXPECT_NE(
            said.find("table item: column name is INTEGER in the database and TEXT NOT NULL DEFAULT '' in the model"),
            said.npos)
            << said;
        EXPECT_NE(said.find("column extra is not in the model, and rows can't be written without it"), said.npos)
            << said;
        EXPECT_EQ(co_await cell("SELECT count(*) FROM sqlite_master WHERE name = 'croft_migration'"), "0");
    });
}

TEST_F(migrator, data_is_changed_in_code_and_back_in_the_migrations_transaction) {
    in_database([&]() -> task<> {
        const operations upper{data{
            [](rows_access rows) -> task<> {
                for (auto& row : co_await rows.read("SELECT id, name FROM item WHERE name <> ?1", {std::string("x")}))
                    co_await rows.write("UPDATE item SET name = ?1 WHERE id = ?2",
                                        {std::get<std::string>(row[1]) + "!", row[0]});
            },
            [](rows_access rows) -> task<> { co_await rows.write("UPDATE item SET name = rtrim(name, '!')"); }}};
        const operations fails{sql{"UPDATE item SET name = 'gone'"}, sql{"SELECT nonsense"}};
        co_await migrate(program_of({first()}));
        co_await base->write({"INSERT INTO item (name) VALUES ('hoe')"});
        co_await migrate(program_of({first(), upper}));
        EXPECT_EQ(co_await cell("SELECT name FROM item"), "\"hoe!\"");
        const auto said = co_await refusal(program_of({first(), upper, fails}));
        EXPECT_NE(said.find("0003_c: "), said.npos) << said;
        EXPECT_NE(said.find("nothing of it was done"), said.npos) << said;
        EXPECT_EQ(co_await cell("SELECT name FROM item"), "\"hoe!\"");
        co_await migrate(program_of({first(), upper}), "1");
        EXPECT_EQ(co_await cell("SELECT name FROM item"), "\"hoe\"");
        const auto stuck = co_await refusal(program_of({first(), upper, {sql{"SELECT 1"}}}), "1");
        EXPECT_EQ(stuck, "");
        co_await migrate(program_of({first(), upper, {sql{"SELECT 1"}}}));
        EXPECT_NE((co_await refusal(program_of({first(), upper, {sql{"SELECT 1"}}}), "1")).find("has no way back"),
                  std::string::npos);
    });
}

TEST_F(migrator, two_at_once_do_each_migration_once) {
    in_database([&]() -> task<> {
        const auto all = program_of({first(), second(), third()});
        const auto other = co_await db::database::open(url());
        const auto wanted = no_models();
        auto mine = [&]() -> task<int> {
            int applied = 0;
            for (auto& one : (co_await migrate(all)).stages) applied += one.what == stage::kind::applying;
            co_return applied;
        };
        auto theirs = [&]() -> task<int> {
            int applied = 0;
            for (auto& one : (co_await migrations::migrate(other.get(), &wanted, &all, {})).stages)
                applied += one.what == stage::kind::applying;
            co_return applied;
        };
        const auto [a, b] = co_await croft::all(mine(), theirs());
        EXPECT_EQ(a + b, 3);
        EXPECT_EQ(co_await cell("SELECT count(*) FROM croft_migration WHERE name <> ''"), "3");
        co_await other->close();
    });
}

TEST_F(migrator, models_that_differ_from_the_migrations_are_told) {
    in_database([&]() -> task<> {
        auto wanted = no_models();
        wanted.models = {&model<croft_migration>()};
        const auto none = program_of({first()});
        const auto found = co_await migrations::look(base, &wanted, &none, {});
        EXPECT_EQ(found.unsaid.size(), 3u) << "the model's table and its index are made, item is dropped";
    });
}

}  // namespace croft::migrations
