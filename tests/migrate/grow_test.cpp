// Programs without migrations: what is missing is added, what would lose data is refused.
#include "migrate/support.hpp"
#include "model/shop.hpp"

using namespace croft;

namespace {

struct growing : shop::fixture {};

}  // namespace

TEST_F(growing, a_second_time_there_is_nothing_to_do) {
    in_database(
        [&]() -> task<> { EXPECT_TRUE((co_await migrations::make_tables(base, all_models())).stages.empty()); });
}

TEST_F(growing, a_new_column_an_index_and_a_changed_trigger_are_brought_along_and_rows_stay) {
    in_database([&]() -> task<> {
        co_await create(shop::item("hoe", 5));
        const auto triggers = co_await base->read(
            db::statement{"SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'item_history_%'"});
        for (std::size_t i = 0; i < triggers.size(); ++i)
            co_await base->script("DROP TRIGGER " + std::string(triggers.at(i, 0).text()));
        co_await base->script(
            "DROP INDEX item_type_index; DROP INDEX item_history_by_type; ALTER TABLE item DROP COLUMN market_price; "
            "CREATE TRIGGER item_history_update AFTER UPDATE ON item BEGIN SELECT 1; END");
        EXPECT_EQ((co_await migrations::make_tables(base, all_models())).stages.size(), 1u);
        EXPECT_TRUE((co_await migrations::make_tables(base, all_models())).stages.empty());
        EXPECT_EQ((co_await query<Item>().one()).name, "hoe");
        EXPECT_EQ(
            co_await cell("SELECT count(*) FROM sqlite_master WHERE name LIKE 'item_history_%' AND type = 'trigger' "
                          "AND sql LIKE '%market_price%'"),
            co_await cell("SELECT count(*) FROM sqlite_master WHERE name LIKE 'recipe_item_history_%' AND type = "
                          "'trigger' AND sql LIKE '%quantity%'"));
        EXPECT_EQ(co_await cell("SELECT count(*) FROM croft_migration WHERE sql LIKE '%ALTER TABLE%'"), "1");
    });
}

TEST_F(growing, what_would_lose_data_is_refused_with_every_reason_and_nothing_is_changed) {
    in_database([&]() -> task<> {
        co_await base->script(
            "DROP TABLE all_the_things; CREATE TABLE all_the_things (id INTEGER PRIMARY KEY, yes TEXT NOT NULL, extra "
            "TEXT NOT NULL)");
        std::string said;
        try {
            co_await migrations::make_tables(base, all_models());
        } catch (const error& e) {
            said = e.what();
        }
        EXPECT_NE(
            said.find(
                "table all_the_things: column yes is TEXT NOT NULL in the database and INTEGER NOT NULL DEFAULT 1 "
                "in the model"),
            said.npos)
            << said;
        EXPECT_NE(said.find("column extra is not in the model"), said.npos) << said;
        EXPECT_EQ(co_await cell("SELECT count(*) FROM pragma_table_info('all_the_things')"), "3");
    });
}

TEST_F(growing, a_column_that_nobody_needs_is_left_alone) {
    in_database([&]() -> task<> {
        co_await base->script("ALTER TABLE all_the_things ADD COLUMN extra TEXT");
        const auto left = co_await migrations::make_tables(base, all_models());
        EXPECT_TRUE(left.stages.empty());
        EXPECT_EQ(left.remarks, std::vector<std::string>{"table all_the_things: column extra is not in the model"});
    });
}
