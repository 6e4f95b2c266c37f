// What a load promises of size, of transactions, and of what it doesn't do.
#include <malloc.h>

#include "model/shop.hpp"
#include "runtime/run_info.hpp"

using namespace croft;
using shop::strings;
using testing::HasSubstr;

namespace {

struct load_limits : shop::each_engine {
    static std::vector<Item> items(int from, int until, int price = 1) {
        std::vector<Item> made;
        for (int i = from; i < until; ++i) made.push_back(shop::item("i" + std::to_string(i), price));
        return made;
    }
    /// Items one by one; at `broken`, the source fails.
    static stream<Item> source(int until, int broken = -1) {
        for (int i = 0; i < until; ++i) {
            if (i == broken) throw error("the site is gone");
            co_yield shop::item("i" + std::to_string(i), 1);
        }
    }
};
CROFT_ON_EACH_ENGINE(load_limits);

std::size_t memory_in_use() {
    const auto all = mallinfo2();
    return all.uordblks + all.hblkhd;
}

}  // namespace

TEST_P(load_limits, a_refused_removal_marks_the_run_and_says_why) {
    in_database([&]() -> task<> {
        auto run = std::make_shared<work::run_info>();
        run->marks = std::make_shared<strings>();
        runtime::scoped_local inside(&runtime::inherited::run, run);
        co_await load<Item>(items(0, 10));
        auto report = co_await load<Item>(items(0, 6), {.missing = missing::remove});
        EXPECT_EQ(report.removal_refused, 4u);
        EXPECT_EQ(*run->marks,
                  (strings{"Item: 4 of 10 rows are not in the source, and that is 40 %, more than the 30 % "
                           "that may go at once (max_removed_share): none was removed"}));
        EXPECT_THAT(report.describe(), HasSubstr("; 4 of 10 rows are not in the source"));
        report = co_await load<Item>(json::parse(R"([{"name": "i1"}, {"type": "tool"}])"),
                                     {.missing = missing::remove, .max_removed_share = 1});
        EXPECT_EQ(report.removal_refused, 9u);
        EXPECT_THAT(report.why_refused, HasSubstr("they may be what 1 rejected rows without a readable key stand for"));
        EXPECT_EQ(run->marks->size(), 2u);
        EXPECT_EQ(co_await query<Item>().count(), 10);
        EXPECT_EQ((co_await load<Item>(items(0, 8), {.missing = missing::remove})).removed, 2u);
        EXPECT_EQ(run->marks->size(), 2u);
    });
}

TEST_P(load_limits, the_share_that_may_go_is_counted_within_the_scope) {
    in_database([&]() -> task<> {
        const auto made = co_await create_all(items(0, 6));
        std::vector<RecipeItem> all;
        for (std::size_t i = 1; i < 6; ++i) {
            all.push_back({.item = made[0], .ingredient = made[i]});
            all.push_back({.item = made[i], .ingredient = made[0]});
        }
        co_await create_all(all);
        std::vector<RecipeItem> first;  // of the first item, but its last ingredient
        for (std::size_t i = 1; i < 5; ++i) first.push_back({.item = made[0], .ingredient = made[i]});
        const load_options of_the_first{.missing = missing::remove, .scope = f<&RecipeItem::item> == made[0].id};
        EXPECT_EQ((co_await load<RecipeItem>(first, of_the_first)).removed, 1u);
        first.resize(2);  // 2 of 4: too much of this scope, though not of all
        EXPECT_EQ((co_await load<RecipeItem>(first, of_the_first)).removal_refused, 2u);
        EXPECT_EQ(co_await query<RecipeItem>().count(), 9);
    });
}

TEST_P(load_limits, batches_that_were_committed_stay_and_the_same_load_again_completes) {
    in_database([&]() -> task<> {
        EXPECT_THAT(co_await test::failure_of<error>(test::dropped(source(100, 25) | load<Item>({.batch = 10}))),
                    HasSubstr("the site is gone"));
        EXPECT_EQ(co_await query<Item>().count(), 20);
        const auto report = co_await (source(100) | load<Item>({.batch = 10}));
        EXPECT_EQ(report.unchanged, 20u);
        EXPECT_EQ(report.inserted, 80u);
    });
}

TEST_P(load_limits, an_atomic_load_leaves_nothing_of_one_that_failed) {
    in_database([&]() -> task<> {
        EXPECT_THAT(co_await test::failure_of<error>(
                        test::dropped(source(100, 25) | load<Item>({.batch = 10, .atomic = true}))),
                    HasSubstr("the site is gone"));
        EXPECT_EQ(co_await query<Item>().count(), 0);
        EXPECT_EQ(co_await cell("SELECT count(*) FROM item_history"), "0");
    });
}

TEST_P(load_limits, thousands_of_rows_are_written_in_bulk_and_the_refused_ones_are_found) {
    in_database([&]() -> task<> {
        co_await base->script("CREATE UNIQUE INDEX one_of_a_price ON item (sell_price)");
        auto all = items(0, 3000);
        for (std::size_t i = 0; i < all.size(); ++i) all[i].sell_price = static_cast<std::int32_t>(i);
        all[1700].sell_price = 3;
        const auto report = co_await load<Item>(all);
        EXPECT_EQ(report.inserted, 2999u);
        EXPECT_EQ(report.rejected_rows, 1u);
        EXPECT_EQ(report.rejected.at(0).row, 1701u);
        for (auto& one : all) one.type = "tool";
        all.erase(all.begin() + 1700);
        EXPECT_EQ((co_await load<Item>(all)).updated, 2999u);
        EXPECT_EQ(co_await cell("SELECT count(*) FROM item_history"), std::to_string(2 * 2999));
    });
}

TEST_P(load_limits, a_stream_of_any_length_needs_no_more_memory_than_a_short_one) {
    in_database([&]() -> task<> {
        std::size_t early = 0, late = 0;
        const auto pages = [&]() -> stream<std::vector<Item>> {
            for (int page = 0; page < 60; ++page) {
                if (page == 20) early = memory_in_use();
                if (page == 59) late = memory_in_use();
                co_yield items(0, 500, page % 2);
            }
        };
        const auto report = co_await (pages() | load<Item>());
        EXPECT_EQ(report.updated, 59u * 500);
        EXPECT_LT(late, early + 300'000);  // 20,000 more rows of 100 bytes and more
    });
}

TEST_P(load_limits, a_page_token_and_an_etag_are_kept_with_the_mark) {
    in_database([&]() -> task<> {
        auto at = co_await cursor("items");
        at.page = "p2", at.etag = "\"abc\"";
        at.reach(std::int64_t{41});
        co_await load<Item>(items(0, 1), {.cursor = at});
        const auto stored = co_await cursor("items");
        EXPECT_EQ(stored.page, "p2");
        EXPECT_EQ(stored.etag, "\"abc\"");
        EXPECT_EQ(stored.behind(1), "40");
    });
}
