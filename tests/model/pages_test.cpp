#include "croft/pages.hpp"

#include <limits>

#include "model/shop.hpp"

using namespace croft;
using shop::item, shop::message_of, shop::names, shop::strings;

namespace {

struct pages_test : shop::fixture {
    task<> fill(int count) {
        std::vector<Item> items;
        for (int i = 0; i < count; ++i) {
            auto one = item("item " + std::to_string(i), i % 3);
            if (i % 4) one.market_price = i % 2;
            items.push_back(one);
        }
        co_await create_all(items);
    }
};

struct pages_of_numbers : shop::each_engine {
    pages_of_numbers() : each_engine({&model<Everything>()}) {}
};
CROFT_ON_EACH_ENGINE(pages_of_numbers);

/// All names by pages forwards, checked against going back again.
task<strings> walk(query_of<Item> rows, std::int64_t size) {
    std::vector<page<Item>> pages;
    std::string cursor;
    do {
        pages.push_back(co_await rows.page(size, cursor));
        cursor = pages.back().next;
    } while (!cursor.empty());
    strings all;
    for (auto& one : pages)
        for (auto& name : names(one.rows)) all.push_back(name);
    EXPECT_TRUE(pages.front().previous.empty());
    for (std::size_t i = pages.size(); i-- > 1;) {
        const auto before = co_await rows.page(size, pages[i].previous);
        EXPECT_EQ(names(before.rows), names(pages[i - 1].rows));
        EXPECT_EQ(before.previous.empty(), i == 1);
        EXPECT_EQ(names((co_await rows.page(size, before.next)).rows), names(pages[i].rows));
    }
    co_return all;
}

}  // namespace

TEST_F(pages_test, all_pages_are_the_list_in_every_order_and_both_directions) {
    in_database([&]() -> task<> {
        co_await fill(23);
        const auto rows = query<Item>();
        for (auto& ordered :
             {rows, rows.order_by(f<&Item::name>), rows.order_by(f<&Item::name>.descending()),
              rows.order_by(f<&Item::sell_price>, f<&Item::name>.descending()),
              rows.order_by(f<&Item::market_price>, f<&Item::sell_price>.descending()),
              rows.order_by(f<&Item::market_price>.descending()),
              rows.order_by(f<&Item::market_price>.ascending().nulls_last()),
              rows.order_by(f<&Item::market_price>.descending().nulls_first()),
              rows.order_by(f<&Item::key, &Item::name>), rows.order_by((f<&Item::sell_price> * 2 % 3).descending())})
            for (const int size : {1, 4, 22, 23, 24})
                EXPECT_EQ(co_await walk(ordered, size), names(co_await ordered.list()));
    });
}

TEST_F(pages_test, an_insert_before_the_cursor_shifts_nothing) {
    in_database([&]() -> task<> {
        co_await create_all(std::vector<Item>{item("b", 1), item("c", 1), item("d", 1), item("e", 1)});
        const auto rows = query<Item>().order_by(f<&Item::name>);
        const auto first = co_await rows.page(2);
        co_await create(item("a", 1));
        co_await query<Item>().where(f<&Item::name> == "c").remove();  // the row of the cursor itself
        EXPECT_EQ(names((co_await rows.page(2, first.next)).rows), (strings{"d", "e"}));
    });
}

TEST_F(pages_test, a_cursor_of_another_order_or_none_at_all_is_refused) {
    in_database([&]() -> task<> {
        using testing::HasSubstr;
        co_await fill(5);
        const auto rows = query<Item>().order_by(f<&Item::name>);
        const auto cursor = (co_await rows.page(2)).next;
        const auto by_price = query<Item>().order_by(f<&Item::sell_price>);
        EXPECT_THAT(co_await message_of([&]() -> task<> { co_await by_price.page(2, cursor); }),
                    HasSubstr("belongs to another model or order"));
        for (const std::string bad : {"x", "'; DROP TABLE item; --", "bnVsbA", ""}) {
            if (bad.empty()) continue;
            EXPECT_THAT(co_await message_of([&]() -> task<> { co_await rows.page(2, bad); }),
                        HasSubstr("is not a cursor"));
        }
        EXPECT_THAT(co_await message_of([&]() -> task<> { co_await rows.limit(1).page(2); }), HasSubstr("limit()"));
        EXPECT_THAT(co_await message_of([&]() -> task<> { co_await rows.page(0); }), HasSubstr("a page of 0 rows"));
    });
}

TEST_F(pages_test, a_stream_gives_every_row_once_in_order) {
    in_database([&]() -> task<> {
        co_await fill(23);
        for (const int batch : {1, 5, 23, 100}) {
            auto rows = query<Item>().order_by(f<&Item::sell_price>).stream(batch);
            strings seen;
            while (auto one = co_await rows.next()) seen.push_back(one->name);
            EXPECT_EQ(seen, names(co_await query<Item>().order_by(f<&Item::sell_price>).list()));
        }
    });
}

TEST_P(pages_of_numbers, infinities_and_nulls_are_places_in_an_order_like_others) {
    in_database([&]() -> task<> {
        constexpr double infinite = std::numeric_limits<double>::infinity();
        std::vector<Everything> rows(12);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[i].real = i % 3 == 0 ? infinite : i % 3 == 1 ? -infinite : 0.1 * static_cast<double>(i);
            if (i % 4 < 3) rows[i].share = i % 4 == 0 ? infinite : i % 4 == 1 ? -infinite : 0.1;
        }
        co_await create_all(rows);
        const ordering share = f<&Everything::share>, real = f<&Everything::real>;
        for (const auto& order :
             {share, f<&Everything::share>.descending(), share.nulls_last(), real, f<&Everything::real>.descending()}) {
            const auto ordered = query<Everything>().order_by(order);
            std::vector<std::int64_t> listed, streamed;
            for (const auto& one : co_await ordered.list()) listed.push_back(one.id);
            auto all = ordered.stream(2);
            while (auto one = co_await all.next()) {
                streamed.push_back(one->id);
                if (streamed.size() > listed.size()) break;
            }
            EXPECT_EQ(streamed, listed);
        }
    });
}

TEST_F(pages_test, a_page_of_any_size_is_all_there_is) {
    in_database([&]() -> task<> {
        co_await fill(5);
        const auto all = co_await query<Item>().page(std::numeric_limits<std::int64_t>::max());
        EXPECT_EQ(all.rows.size(), 5u);
        EXPECT_EQ(all.next, "");
    });
}
