// What history costs, as numbers of rows and as query plans; times are bench/history_bench.cpp's business.
#include "history/seed.hpp"
#include "model/shop.hpp"
#include "model/sql.hpp"

using namespace croft;
using shop::item, shop::strings;
using testing::AllOf, testing::Each, testing::HasSubstr, testing::Not;

namespace {

struct history_figures : shop::each_engine {
    /// The plan's lines.
    task<strings> plan(selection what) {
        std::vector<std::size_t> fields(what.model->fields.size());
        for (std::size_t i = 0; i < fields.size(); ++i) fields[i] = i;
        auto statement = model_sql::select(what, fields, base->kind());
        statement.sql = on("EXPLAIN QUERY PLAN ", "EXPLAIN ") + statement.sql;
        const auto rows = co_await base->read(std::move(statement));
        strings lines;
        for (std::size_t i = 0; i < rows.size(); ++i) lines.emplace_back(rows.at(i, on_postgres() ? 0 : 3).text());
        co_return lines;
    }

    /// 1,000 items with 7 versions each, in 5 types, and a recipe of each.
    task<> fill() {
        std::vector<Item> items;
        for (int i = 0; i < 1000; ++i)
            items.push_back(item("item " + std::to_string(i), i, "type " + std::to_string(i % 5)));
        co_await load<Item>(std::move(items));
        co_await base->write({"INSERT INTO recipe_item (item, ingredient, quantity) SELECT id, id, 1 FROM item"});
        for (int version = 0; version < 6; ++version) {
            clock.advance(1h);
            co_await base->write({"UPDATE item SET sell_price = sell_price + 1"});
            co_await base->write({"UPDATE recipe_item SET quantity = quantity + 1"});
        }
        if (on_postgres()) co_await base->script("ANALYZE");
    }
};
CROFT_ON_EACH_ENGINE(history_figures);

/// A page that is read in an index's order is no scan of the table, though SQLite calls it SCAN … USING INDEX.
const auto no_full_scan =
    Each(AllOf(Not(HasSubstr("Seq Scan")), Not(testing::MatchesRegex("SCAN [a-z_]*(item|seed)[a-z_]*"))));
const auto no_sorting = Each(AllOf(Not(HasSubstr("Sort")), Not(HasSubstr("TEMP B-TREE"))));

}  // namespace

TEST_P(history_figures, an_upsert_of_10000_rows_of_which_10_changed_writes_10_rows_and_10_versions) {
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

TEST_P(history_figures, as_of_pages_are_read_from_an_index_in_their_order) {
    in_database([&]() -> task<> {
        co_await fill();
        const auto then = as_of(clock.now() - 4h - 30min).query<Item>().limit(50);
        const std::pair<selection, std::string> pages[] = {
            // the last one has one row to sort
            {then.order_by(f<&Item::id>).what(), on("INDEX item_history_row", "using item_history_row")},
            {then.order_by(f<&Item::name>).what(), on("INDEX item_history_by_name", "using item_history_by_name")},
            {then.where(f<&Item::type> == "type 3").what(),
             on("INDEX item_history_by_type (type=?)", "using item_history_by_type")},
            {then.where(f<&Item::name> == "item 7").what(),
             on("INDEX item_history_by_name (name=?)", "item_history_by_name")}};
        for (auto& [what, index] : pages) {
            const auto lines = co_await plan(what);
            EXPECT_THAT(lines, AllOf(no_full_scan, testing::Contains(HasSubstr(index))));
            if (&what != &pages[3].first) EXPECT_THAT(lines, no_sorting);
        }
    });
}

TEST_P(history_figures, relations_of_then_are_looked_up_not_scanned) {
    in_database([&]() -> task<> {
        co_await fill();
        const auto then = as_of(clock.now() - 30min);
        const auto recipes = then.query<RecipeItem>().where(f<&RecipeItem::item>.in({5, 6, 7}));
        const auto by_parent = then.query<RecipeItem>().where(f<&RecipeItem::ingredient, &Item::name> == "item 5" &&
                                                              f<&RecipeItem::item> == 5);
        for (auto& what : {recipes.what(), by_parent.what()}) {
            const auto lines = co_await plan(what);
            EXPECT_THAT(lines, AllOf(no_full_scan, Each(Not(testing::StartsWith("SCAN item"))),
                                     Each(Not(testing::StartsWith("SCAN recipe"))),
                                     testing::Contains(HasSubstr("recipe_item_history_by_item_ingredient"))));
        }
    });
}
