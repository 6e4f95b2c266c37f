#include "croft/save.hpp"

#include "model/shop.hpp"

using namespace croft;
using shop::item, shop::message_of, shop::names, shop::strings;

namespace {

struct save_test : shop::fixture {};

}  // namespace

TEST_F(save_test, get_or_create_makes_one_row_however_many_ask_at_once) {
    in_database([&]() -> task<> {
        const auto ask = [] { return get_or_create<Item>(key<&Item::name>("hoe"), set<&Item::sell_price>(5)); };
        auto [a, b, c] = co_await all(ask(), ask(), ask());
        EXPECT_EQ(a.created + b.created + c.created, 1);
        EXPECT_EQ(a.row.id, b.row.id);
        EXPECT_EQ(b.row.sell_price, 5);
        EXPECT_EQ(c.row.type, "item");  // the column's default
        const auto again = co_await get_or_create<Item>(key<&Item::name>("hoe"), set<&Item::sell_price>(6));
        EXPECT_FALSE(again.created);
        EXPECT_EQ(again.row.sell_price, 5);
        EXPECT_THAT(co_await message_of([]() -> task<> { co_await get_or_create<Item>(key<&Item::type>("tool")); }),
                    testing::HasSubstr("neither its id nor one of its unique constraints"));
    });
}

TEST_F(save_test, many_rows_are_created_in_few_statements_with_their_ids_and_all_or_none) {
    in_database([&]() -> task<> {
        std::vector<Item> items;
        for (int i = 0; i < 1234; ++i) items.push_back(item("item " + std::to_string(i), i));
        items = co_await create_all(std::move(items));
        EXPECT_EQ(co_await query<Item>().count(), 1234);
        for (const int i : {0, 199, 200, 1233}) {
            const auto row = co_await get<Item>(items[static_cast<std::size_t>(i)].id);
            EXPECT_EQ(row.sell_price, i);
            EXPECT_EQ(row.created_at.at, items[static_cast<std::size_t>(i)].created_at.at);
        }
        EXPECT_NE(co_await message_of(
                      []() -> task<> { co_await create_all(std::vector<Item>{item("new", 1), item("item 7", 1)}); }),
                  "(nothing was thrown)");
        EXPECT_FALSE(co_await query<Item>().where(f<&Item::name> == "new").exists());
        const auto before = co_await query<Item>().count();
        std::vector<Item> many;  // several batches; the second has a name twice
        for (int n = 0; n < 1'700; ++n) many.push_back(item("of many " + std::to_string(n == 900 ? 899 : n), n));
        EXPECT_THROW(co_await create_all(many), db::constraint_error);
        EXPECT_EQ(co_await query<Item>().count(), before) << "all or none, though the third batch was made already";
        EXPECT_TRUE((co_await create_all(std::vector<Item>{})).empty());
    });
}

TEST_F(save_test, upsert_all_writes_only_what_is_new_or_differs) {
    in_database([&]() -> task<> {
        co_await create_all(std::vector<Item>{item("a", 1), item("b", 2)});
        const auto done = co_await upsert_all(std::vector<Item>{item("a", 1), item("b", 3), item("c", 4)});
        EXPECT_EQ(done, (write_counts{1, 1, 1}));
        EXPECT_EQ(co_await cell("SELECT count(*) FROM item_history"), "4");
        EXPECT_EQ((co_await upsert_all<&Item::name>(std::vector<Item>{item("c", 4)})), (write_counts{0, 0, 1}));
        EXPECT_THAT(
            co_await message_of([]() -> task<> { co_await upsert_all<&Item::type>(std::vector<Item>{item("d", 4)}); }),
            testing::HasSubstr("unique constraints"));
    });
}

TEST_F(save_test, refresh_reads_the_row_again_and_tells_when_it_is_gone) {
    in_database([&]() -> task<> {
        auto hoe = co_await create(item("hoe", 5));
        co_await query<Item>().update(set<&Item::sell_price>(6));
        co_await refresh(hoe);
        EXPECT_EQ(hoe.sell_price, 6);
        co_await remove(hoe);
        EXPECT_THAT(co_await message_of([&]() -> task<> { co_await refresh(hoe); }),
                    testing::HasSubstr("no Item matches"));
    });
}
