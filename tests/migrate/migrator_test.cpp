#include <sys/wait.h>
#include <unistd.h>

#include "migrate/support.hpp"

namespace croft::migrations {

namespace {

struct migrator : fixture {};
struct concurrent_index : postgres_fixture {};

operations first() { return {create_table{"item", {id(), text("name")}}, add_unique{"item", {"name"}}}; }
operations second() { return {add_column{"item", integer32("price").initial(5)}, keep_history{"item"}}; }
operations third() { return {rename_column{"item", "name", "title"}, add_index{"item", {"price"}}}; }

}  // namespace

CROFT_ON_EACH_ENGINE(migrator);

TEST_P(migrator, applies_what_a_database_lacks_and_remembers_it) {
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

TEST_P(migrator, goes_back_to_a_migration_and_forward_again_to_the_same_shape) {
    in_database([&]() -> task<> {
        const auto all = program_of({first(), second(), third()});
        co_await migrate(all);
        co_await base->write({"INSERT INTO item (title) VALUES ('hoe')"});
        const auto shape = co_await dump();
        co_await migrate(all, "0001");
        EXPECT_EQ(co_await cell("SELECT name FROM item"), "\"hoe\"");
        EXPECT_FALSE(co_await has_table("item_history"));
        co_await migrate(all);
        EXPECT_EQ(co_await dump(), shape);
        co_await migrate(all, "zero");
        EXPECT_FALSE(co_await has_table("item"));
        EXPECT_EQ(co_await cell("SELECT count(*) FROM croft_migration WHERE name <> ''"), "0");
    });
}

TEST_P(migrator, loses_data_only_when_told_to) {
    in_database([&]() -> task<> {
        const auto all = program_of({first(), second(), {drop_column{"item", "price"}}});
        EXPECT_EQ(co_await refusal(all, {}, losing::nothing),
                  "applying 0003_c loses data (item.price is dropped), so it isn't done by itself: the command migrate "
                  "does it");
        EXPECT_FALSE(co_await has_table("item")) << "nothing was begun";
        EXPECT_EQ(co_await refusal(all), "");
        EXPECT_EQ(
            co_await refusal(all, "0001"),
            "undoing 0002_b loses data (the history of item is dropped; item.price is dropped): --allow-destructive "
            "does it nevertheless");
        EXPECT_EQ(co_await refusal(all, "0001", losing::anything), "");
    });
}

TEST_P(migrator, says_what_was_changed_removed_or_numbered_too_low_after_it_was_applied) {
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

TEST_P(migrator, adopts_a_database_that_was_made_without_migrations) {
    in_database([&]() -> task<> {
        co_await base->script(
            on_postgres() ? "CREATE TABLE item (id bigserial PRIMARY KEY, name text COLLATE \"C\" NOT NULL DEFAULT '')"
                          : "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '') STRICT");
        co_await base->write({"INSERT INTO item (name) VALUES ('hoe')"});
        const auto all = program_of({first(), second()});
        const auto done = co_await migrate(all);
        EXPECT_EQ(done.stages.at(1).what, stage::kind::adopting);
        EXPECT_EQ(co_await cell("SELECT price FROM item WHERE name = 'hoe'"), "5");
        EXPECT_TRUE(co_await has_index("item", "item_name_unique"));
        EXPECT_TRUE((co_await look(all)).done());
    });
}

TEST_P(migrator, does_not_adopt_what_has_another_shape_and_says_where_it_differs) {
    in_database([&]() -> task<> {
        co_await base->script(
            on_postgres() ? "CREATE TABLE item (id bigserial PRIMARY KEY, name bigint, extra text NOT NULL)"
                          : "CREATE TABLE item (id INTEGER PRIMARY KEY, name INTEGER, extra TEXT NOT NULL) STRICT");
        const auto said = co_await refusal(program_of({first()}));
        const auto* const differs =
            on_postgres() ? "column name is bigint in the database and text NOT NULL DEFAULT ''::text in the model"
                          : "column name is INTEGER in the database and TEXT NOT NULL DEFAULT '' in the model";
        EXPECT_NE(said.find(differs), said.npos) << said;
        EXPECT_NE(said.find("column extra is not in the model, and rows can't be written without it"), said.npos)
            << said;
        EXPECT_FALSE(co_await has_table("croft_migration"));
    });
}

TEST_P(migrator, data_is_changed_in_code_and_back_in_the_migrations_transaction) {
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
        EXPECT_NE(said.find("nothing of 0003_c was done"), said.npos) << said;
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

TEST_P(migrator, rows_of_a_circle_of_tables_are_written_and_these_tables_changed_in_one_migration) {
    in_database([&]() -> task<> {
        const operations circle{create_table{"team", {id()}}, create_table{"player", {id(), reference("team", "team")}},
                                add_column{"team", reference("captain", "player").nullable()}};
        const operations fill{
            sql{"INSERT INTO team (id, captain) VALUES (1, 7)"}, sql{"INSERT INTO player (id, team) VALUES (7, 1)"},
            add_column{"team", integer32("points").nullable()}, add_column{"player", integer32("goals").nullable()},
            sql{"INSERT INTO player (id, team) VALUES (8, 2); INSERT INTO team (id) VALUES (2)"}};
        co_await migrate(program_of({circle, fill}));
        EXPECT_EQ(co_await rows("SELECT player.id, captain FROM player JOIN team ON team.id = team ORDER BY 1"),
                  "7 7\n8 null\n");
        const operations wrong{sql{"INSERT INTO team (id, captain) VALUES (3, 9)"}, drop_column{"team", "points"}};
        const auto said = co_await refusal(program_of({circle, fill, wrong}));
        EXPECT_NE(said.find("0003_c: "), said.npos) << said;
        EXPECT_EQ(co_await cell("SELECT count(*) FROM team WHERE points IS NULL"), "2") << "nothing of it was done";
    });
}

TEST_P(migrator, two_at_once_do_each_migration_once) {
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

TEST_P(migrator, two_processes_at_once_do_each_migration_once) {
    int gate[2];
    ASSERT_EQ(::pipe(gate), 0);
    std::vector<pid_t> children;
    for (int i = 0; i < 2; ++i) {
        children.push_back(::fork());
        if (children.back() != 0) continue;
        char go = 0;
        ::close(gate[1]);
        if (::read(gate[0], &go, 1) != 0) ::_exit(2);  // both start when the gate is closed
        try {
            in_database([&]() -> task<> {
                std::vector<operations> all{first(), second(), third()};
                all.push_back({sql{"INSERT INTO item (title, price) VALUES ('once', 1)"}});
                all.push_back({add_index{"item", {"title", "price"}, {.concurrently = true}}});
                co_await migrate(program_of(all));
            });
        } catch (const std::exception& e) {
            std::fprintf(stderr, "%s\n", e.what());
            ::_exit(1);
        }
        ::_exit(0);
    }
    ::close(gate[0]);
    ::close(gate[1]);
    for (const auto child : children) {
        int status = -1;
        ::waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
    }
    in_database([&]() -> task<> {
        EXPECT_EQ(co_await cell("SELECT count(*) FROM croft_migration WHERE name <> ''"), "5");
        EXPECT_EQ(co_await cell("SELECT count(*) FROM item"), "1");
    });
}

TEST_P(migrator, models_that_differ_from_the_migrations_are_told) {
    in_database([&]() -> task<> {
        auto wanted = no_models();
        wanted.models = {&model<croft_migration>()};
        const auto none = program_of({first()});
        const auto found = co_await migrations::look(base, &wanted, &none, {});
        EXPECT_EQ(found.unsaid.size(), 3u) << "the model's table and its index are made, item is dropped";
    });
}

TEST_F(concurrent_index, is_made_outside_of_a_transaction_and_goes_back_like_any_other) {
    in_database([&]() -> task<> {
        const auto all = program_of({first(), {add_index{"item", {"name", "id"}, {.concurrently = true}}}});
        co_await migrate(all);
        EXPECT_TRUE(co_await has_index("item", "item_name_id_index"));
        EXPECT_TRUE((co_await look(all)).done());
        co_await migrate(all, "1");
        EXPECT_FALSE(co_await has_index("item", "item_name_id_index"));
    });
}

TEST_F(concurrent_index, is_made_with_a_pool_of_one_connection) {
    const auto all = program_of({first(), {add_index{"item", {"name", "id"}, {.concurrently = true}}}});
    const auto wanted = no_models();
    with_database(
        [&](db::database& one) -> task<> {
            base = &one;
            co_await migrations::migrate(base, &wanted, &all, {});
            EXPECT_TRUE(co_await has_index("item", "item_name_id_index"));
        },
        {.max_connections = 1, .acquire_timeout = 1s});
}

TEST_F(concurrent_index, that_could_not_be_finished_is_explained_and_made_anew) {
    in_database([&]() -> task<> {
        const operations items{create_table{"item", {id(), text("name")}}};
        const operations index{add_index{"item", {"name"}, {.where = "id > 0", .unique = true, .concurrently = true}}};
        co_await migrate(program_of({items}));
        co_await base->write({"INSERT INTO item (name) VALUES ('twice'), ('twice')"});
        const auto all = program_of({items, index});
        const auto said = co_await refusal(all);
        EXPECT_NE(said.find("0002_b: "), said.npos) << said;
        EXPECT_NE(said.find("migrate goes on there"), said.npos) << said;
        const auto left = co_await look(all);
        EXPECT_EQ(left.remarks, std::vector<std::string>{"0002_b was begun and not finished, as it runs outside of a "
                                                         "transaction: 1 of its steps are done, and migrate goes on "
                                                         "after them"});
        EXPECT_FALSE(left.done());
        EXPECT_NE((co_await refusal(all, "zero")).find("0002_b was begun and not finished: migrate to its end"),
                  std::string::npos);
        EXPECT_NE((co_await dump()).find("INVALID"), std::string::npos);
        co_await base->write({"DELETE FROM item WHERE id = 2"});
        co_await migrate(all);
        EXPECT_TRUE((co_await look(all)).done());
        EXPECT_EQ((co_await dump()).find("INVALID"), std::string::npos);
        EXPECT_TRUE(co_await has_index("item", "item_name_unique"));
    });
}

}  // namespace croft::migrations
