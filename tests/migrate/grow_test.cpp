// Programs without migrations: what is missing is added, what would lose data is refused.
#include "migrate/support.hpp"
#include "model/shop.hpp"

using namespace croft;

namespace {

struct growing : migrations::fixture {
    template <class F>
    void in_shop(F body) {
        in_database([&]() -> task<> {
            co_await migrations::make_tables(base, all_models());
            history::attach(*base);
            co_await body();
        });
    }
};

}  // namespace

CROFT_ON_EACH_ENGINE(growing);

TEST_P(growing, a_second_time_there_is_nothing_to_do) {
    in_shop([&]() -> task<> {
        const auto left = co_await migrations::make_tables(base, all_models());
        EXPECT_TRUE(left.stages.empty()) << to_text(left.stages.front().steps.front());
        EXPECT_TRUE(left.remarks.empty()) << left.remarks.front();
    });
}

TEST_P(growing, a_new_column_an_index_and_a_changed_trigger_are_brought_along_and_rows_stay) {
    in_shop([&]() -> task<> {
        co_await create(shop::item("hoe", 5));
        const auto before = co_await migrations::read_shape(base);
        for (auto& [name, text] : before.at("item").triggers)
            co_await base->script("DROP TRIGGER " + name + (on_postgres() ? " ON item" : ""));
        if (!on_postgres())
            for (auto& [name, text] : before.at("item_history").triggers) co_await base->script("DROP TRIGGER " + name);
        co_await base->script(
            "DROP INDEX item_type_index; DROP INDEX item_history_by_type; ALTER TABLE item DROP COLUMN market_price;");
        co_await base->script(
            on_postgres()
                ? "CREATE OR REPLACE FUNCTION item_history_update() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN "
                  "RETURN NULL; END'"
                : "CREATE TRIGGER item_history_update AFTER UPDATE ON item BEGIN SELECT 1; END");
        EXPECT_EQ((co_await migrations::make_tables(base, all_models())).stages.size(), 1u);
        EXPECT_TRUE((co_await migrations::make_tables(base, all_models())).stages.empty());
        const auto hoe = co_await query<Item>().one();
        EXPECT_EQ(hoe.name, "hoe");
        auto after = co_await migrations::read_shape(base);
        EXPECT_EQ(after.at("item").indexes, before.at("item").indexes);
        EXPECT_EQ(after.at("item_history").indexes, before.at("item_history").indexes);
        EXPECT_EQ(after.at("item").triggers.size(), before.at("item").triggers.size());
        co_await base->write({"UPDATE item SET market_price = 7"});
        EXPECT_EQ(co_await cell("SELECT market_price FROM item_history WHERE history_to IS NULL"), "7");
        EXPECT_EQ(co_await cell("SELECT count(*) FROM croft_migration WHERE sql LIKE '%ALTER TABLE%market_price%'"),
                  "1");
    });
}

TEST_P(growing, what_would_lose_data_is_refused_with_every_reason_and_nothing_is_changed) {
    in_shop([&]() -> task<> {
        co_await base->script("DROP TABLE all_the_things");
        co_await base->script(
            on_postgres()
                ? "CREATE TABLE all_the_things (id bigserial PRIMARY KEY, yes text NOT NULL, extra text NOT NULL)"
                : "CREATE TABLE all_the_things (id INTEGER PRIMARY KEY, yes TEXT NOT NULL, extra TEXT NOT NULL)");
        std::string said;
        try {
            co_await migrations::make_tables(base, all_models());
        } catch (const error& e) {
            said = e.what();
        }
        const auto* const differs =
            on_postgres() ? "table all_the_things: column yes is text NOT NULL in the database and boolean NOT NULL "
                            "DEFAULT true in the model"
                          : "table all_the_things: column yes is TEXT NOT NULL in the database and INTEGER NOT NULL "
                            "DEFAULT 1 in the model";
        EXPECT_NE(said.find(differs), said.npos) << said;
        EXPECT_NE(said.find("column extra is not in the model"), said.npos) << said;
        EXPECT_EQ((co_await migrations::read_shape(base)).at("all_the_things").columns.size(), 3u);
    });
}

TEST_P(growing, a_column_that_nobody_needs_is_left_alone) {
    in_shop([&]() -> task<> {
        co_await base->script("ALTER TABLE all_the_things ADD COLUMN extra TEXT");
        const auto left = co_await migrations::make_tables(base, all_models());
        EXPECT_TRUE(left.stages.empty());
        EXPECT_EQ(left.remarks, std::vector<std::string>{"table all_the_things: column extra is not in the model"});
    });
}
