// What history costs, as numbers of rows and as query plans; times are bench/history_bench.cpp's business.
#include "history/seed.hpp"
#include "model/shop.hpp"
#include "model/sql.hpp"

using namespace croft;
using shop::item;

namespace {

struct history_figures : shop::fixture {
    /// The plan's lines.
    task<std::vector<std::string>> plan(selection what) {
        std::vector<std::size_t> fields(what.model->fields.size());
        for (std::size_t i = 0; i < fields.size(); ++i) fields[i] = i;
        auto statement = model_sql::select(what, fields, base->kind());
        statement.sql = "EXPLAIN QUERY PLAN " + statement.sql;
        const auto rows = co_await base->read(std::move(statement));
        std::vector<std::string> lines;
        for (std::size_t i = 0; i < rows.size(); ++i) lines.emplace_back(rows.at(i, 3).text());
        co_return lines;
    }

    task<> fill() {
        std::vector<Item> items;
        for (int i = 0; i < 500; ++i)
            items.push_back(item("item " + std::to_string(i), i, "type " + std::to_string(i % 5)));
        co_await load<Item>(std::move(items));
        for (int version = 0; version < 9; ++version) {
            clock.advance(1h);
            co_await base->write({"UPDATE item SET sell_price = sell_price + 1"});
        }
    }
};

}  // namespace

TEST_F(history_figures, an_upsert_of_10000_rows_of_which_10_changed_writes_10_rows_and_10_versions) {
    in_database([&]() -> task<> {
        const auto source = [](int changed) {
            std::vector<Seed> rows;
            for (int i = 0; i < 10'000; ++i)
                rows.push_back({.name = "seed " + std::to_string(i), .price = i % 1000 == 0 ? i + changed : i});
            return rows;
        };
        co_await load<Seed>(source(0));
        clock.advance(1h);
        const auto report = co_await load<Seed>(source(1));
        EXPECT_EQ(report.updated, 10u);
        EXPECT_EQ(report.unchanged, 9'990u);
        EXPECT_EQ(co_await cell("SELECT count(*) FROM seed_history WHERE history_change = 'update'"), "10");
        EXPECT_EQ(co_await cell("SELECT count(*) FROM seed_history"), "10010");
    });
}

TEST_F(history_figures, as_of_pages_are_read_from_an_index_in_their_order) {
    in_database([&]() -> task<> {
        co_await fill();
        const auto then = as_of(clock.now() - 4h - 30min).query<Item>().limit(50);
        const std::pair<selection, std::string> pages[] = {
            {then.order_by(f<&Item::id>).what(), "SCAN item_history USING INDEX item_history_row"},
            {then.order_by(f<&Item::name>).what(), "SCAN item_history USING INDEX item_history_by_name"},
            {then.where(f<&Item::type> == "type 3").what(),
             "SEARCH item_history USING INDEX item_history_by_type (type=?)"},
            {then.where(f<&Item::name> == "item 7").what(),
             "SEARCH item_history USING INDEX item_history_by_name (name=?)"}};
        for (auto& [what, expected] : pages) EXPECT_EQ(co_await plan(what), std::vector{expected});
    });
}

TEST_F(history_figures, relations_of_then_are_looked_up_not_scanned) {
    in_database([&]() -> task<> {
        co_await fill();
        const auto then = as_of(clock.now());
        const auto plan_of = [&](selection what) -> task<std::string> {
            std::string all;
            for (auto& line : co_await plan(std::move(what))) all += line + "\n";
            co_return all;
        };
        const auto children = co_await plan_of(then.query<RecipeItem>().where(f<&RecipeItem::item> == 5).what());
        EXPECT_NE(
            children.find("SEARCH recipe_item_history USING INDEX recipe_item_history_by_item_ingredient (item=?)"),
            std::string::npos)
            << children;
        const auto parents =
            co_await plan_of(then.query<RecipeItem>()
                                 .where(f<&RecipeItem::ingredient, &Item::name> == "x" && f<&RecipeItem::item> == 5)
                                 .what());
        EXPECT_NE(parents.find("SEARCH item_history USING COVERING INDEX item_history_by_name (name=? AND id=?)"),
                  std::string::npos)
            << parents;
        EXPECT_EQ(parents.find("SCAN"), std::string::npos) << parents;
    });
}
