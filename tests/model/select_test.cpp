#include "croft/select.hpp"

#include "model/shop.hpp"

using namespace croft;
using shop::item, shop::message_of, shop::names, shop::strings;

namespace {

struct select_test : shop::fixture {
    task<> fill() {
        co_await create_all(std::vector<Item>{item("hoe", 5, "tool"), item("Axe", 50, "tool"), item("bread", 2, "meal"),
                                              item("wool", 9), item("gate", 70)});
        co_await query<Item>().where(f<&Item::name> == "gate").update(set<&Item::market_price>(71));
    }
};

struct Price {
    std::string name;
    std::optional<std::int32_t> market;
};

}  // namespace

TEST_F(select_test, groups_come_with_their_keys_first_and_in_their_order) {
    in_database([&]() -> task<> {
        co_await fill();
        auto by_type =
            co_await query<Item>().group_by(f<&Item::type>).select(count(), avg(f<&Item::sell_price>)).list();
        static_assert(std::is_same_v<decltype(by_type), std::vector<std::tuple<std::string, std::int64_t, double>>>);
        const decltype(by_type) expected{{"item", 2, 39.5}, {"meal", 1, 2.0}, {"tool", 2, 27.5}};
        EXPECT_EQ(by_type, expected);
        const auto dear = co_await query<Item>()
                              .group_by(f<&Item::type>)
                              .select(max(f<&Item::sell_price>))
                              .having(count() > 1)
                              .order_by(max(f<&Item::sell_price>).descending())
                              .list();
        EXPECT_EQ(dear, (std::vector<std::tuple<std::string, std::int32_t>>{{"item", 70}, {"tool", 50}}));
        const auto tens = co_await query<Item>().group_by(f<&Item::sell_price> / 10).select(count()).list();
        EXPECT_EQ(tens, (std::vector<std::tuple<std::int64_t, std::int64_t>>{{0, 3}, {5, 1}, {7, 1}}));
        EXPECT_EQ(co_await query<Item>().group_by(f<&Item::type>).select(count()).count(), 3);
    });
}

TEST_F(select_test, aggregates_of_nothing_are_null_but_sums_and_counts_are_zero) {
    in_database([&]() -> task<> {
        const auto [rows, keys, total, average, least] =
            co_await query<Item>()
                .select(count(), count(f<&Item::key>), sum(f<&Item::sell_price>), avg(f<&Item::sell_price>),
                        min(f<&Item::name>))
                .one();
        EXPECT_EQ(rows, 0);
        EXPECT_EQ(keys, 0);
        EXPECT_EQ(total, 0);
        EXPECT_FALSE(average);
        EXPECT_FALSE(least);
        co_await fill();
        EXPECT_EQ(co_await query<Item>().select(count_distinct(f<&Item::type>)).one(), 3);
        EXPECT_EQ(co_await query<Item>().select(count(f<&Item::market_price>)).one(), 1);
        EXPECT_EQ(co_await query<Item>().select(min(f<&Item::name>)).one(), "Axe");  // by bytes: capitals first
    });
}

TEST_F(select_test, a_sum_that_does_not_fit_is_an_error) {
    in_database([&]() -> task<> {
        Everything a, b;
        a.big = INT64_MAX;
        b.big = 1;
        co_await save(a);
        co_await save(b);
        EXPECT_THAT(co_await message_of(
                        []() -> task<> { co_await query<Everything>().select(sum(f<&Everything::big>)).one(); }),
                    testing::HasSubstr("overflow"));
        EXPECT_THAT(co_await message_of(
                        []() -> task<> { co_await query<Everything>().where(f<&Everything::big> + 1 > 0).list(); }),
                    testing::HasSubstr("out of range"));
        EXPECT_THAT(co_await message_of(
                        []() -> task<> { co_await query<Everything>().where(f<&Everything::big> / 0 > 0).list(); }),
                    testing::HasSubstr("division by zero"));
        EXPECT_THAT(co_await message_of([]() -> task<> {
                        co_await query<Everything>().update(set<&Everything::small>(f<&Everything::small> * 100'000));
                    }),
                    testing::HasSubstr("out of range"));
    });
}

TEST_F(select_test, some_columns_are_tuples_single_values_or_a_struct) {
    in_database([&]() -> task<> {
        co_await fill();
        const auto pairs = co_await query<Item>()
                               .where(f<&Item::type> == "tool")
                               .select(f<&Item::name>, f<&Item::sell_price> * 2)
                               .order_by(f<&Item::sell_price> * 2)
                               .list();
        EXPECT_EQ(pairs, (std::vector<std::tuple<std::string, std::int64_t>>{{"hoe", 10}, {"Axe", 100}}));
        EXPECT_EQ(co_await query<Item>().select(f<&Item::type>).distinct().list(), (strings{"item", "meal", "tool"}));
        EXPECT_EQ(co_await query<Item>().select(f<&Item::type>).distinct().count(), 3);
        const auto prices = co_await query<Item>()
                                .select(f<&Item::name>, f<&Item::market_price>)
                                .order_by(f<&Item::id>)
                                .list_as<Price>();
        EXPECT_EQ(prices.size(), 5u);
        EXPECT_EQ(prices[4].name, "gate");
        EXPECT_EQ(prices[4].market, 71);
        EXPECT_FALSE(prices[0].market);
    });
}

TEST_F(select_test, what_cannot_work_says_why) {
    in_database([&]() -> task<> {
        using testing::HasSubstr;
        EXPECT_THAT(co_await message_of([]() -> task<> {
                        co_await query<Item>().group_by(f<&Item::type>).select(f<&Item::name>).list();
                    }),
                    HasSubstr("Item.name is neither grouped by nor aggregated"));
        EXPECT_THAT(co_await message_of([]() -> task<> {
                        co_await query<Item>().select(f<&Item::type>).distinct().order_by(f<&Item::name>).list();
                    }),
                    HasSubstr("distinct rows can't be ordered by Item.name"));
        EXPECT_THAT(
            co_await message_of([]() -> task<> { co_await query<RecipeItem>().where(f<&Item::name> == "hoe").list(); }),
            HasSubstr("Item.name is used in a query of RecipeItem"));
        EXPECT_THAT(co_await message_of([]() -> task<> { co_await query<Item>().for_update().list(); }),
                    HasSubstr("for_update() belongs in a transaction"));
        EXPECT_THAT(co_await message_of([]() -> task<> {
                        co_await query<Item>().update(set<&Item::sell_price>(f<&Item::key, &Item::sell_price>));
                    }),
                    HasSubstr("fields of the row itself only"));
        EXPECT_THAT(co_await message_of([]() -> task<> {
                        co_await query<Item>().update(set<&Item::sell_price>(f<&Item::sell_price> * 1.5));
                    }),
                    HasSubstr("it is of another type"));
        EXPECT_THROW(max(f<&Everything::yes>), error);
        EXPECT_THROW(void(f<&Item::name> == f<&Item::sell_price>), error);
        EXPECT_THROW(sum(sum(f<&Item::sell_price>)), error);
        EXPECT_THROW(f<&Item::name>.matches("a(b"), error);
    });
}

TEST_F(select_test, for_update_in_a_transaction_reads_as_ever) {
    in_database([&]() -> task<> {
        co_await fill();
        co_await transaction([&]() -> task<> {
            EXPECT_EQ((co_await query<Item>().where(f<&Item::type> == "tool").for_update().list()).size(), 2u);
        });
    });
}

TEST_F(select_test, updates_compute_from_the_row_and_leave_equal_rows_alone) {
    in_database([&]() -> task<> {
        co_await fill();
        EXPECT_EQ(co_await query<Item>()
                      .where(f<&Item::type> == "tool")
                      .update(set<&Item::sell_price>(f<&Item::sell_price> - 1)),
                  2);
        EXPECT_EQ((co_await query<Item>().where(f<&Item::name> == "hoe").one()).sell_price, 4);
        EXPECT_EQ(co_await query<Item>().update(set<&Item::sell_price>(f<&Item::sell_price> * 1)), 0);
        // or binds weaker than what update adds: a row outside of the condition stays as it is
        EXPECT_EQ(co_await query<Item>()
                      .where(f<&Item::name> == "hoe" || f<&Item::name> == "bread")
                      .update(set<&Item::sell_price>(4)),
                  1);
    });
}

TEST_F(select_test, groups_and_reverse_conditions_look_at_the_past_with_as_of) {
    in_database([&]() -> task<> {
        co_await fill();
        const auto hoe = co_await query<Item>().where(f<&Item::name> == "hoe").one();
        const auto axe = co_await query<Item>().where(f<&Item::name> == "Axe").one();
        co_await create(RecipeItem{.item = hoe, .ingredient = axe, .quantity = 3});
        clock.advance(1h);
        const auto then = clock.now();
        clock.advance(1h);
        co_await query<RecipeItem>().remove();
        co_await query<Item>().where(f<&Item::name> == "hoe").update(set<&Item::type>("junk"));
        const auto with_recipe = query<Item>().where(any<&RecipeItem::item>());
        EXPECT_EQ(co_await with_recipe.count(), 0);
        EXPECT_EQ(names(co_await with_recipe.as_of(then).list()), (strings{"hoe"}));
        const auto by_type = query<Item>().as_of(then).group_by(f<&Item::type>).select(count());
        EXPECT_EQ(co_await by_type.list(),
                  (std::vector<std::tuple<std::string, std::int64_t>>{{"item", 2}, {"meal", 1}, {"tool", 2}}));
        const auto lines = query<RecipeItem>().as_of(then).group_by(f<&RecipeItem::item, &Item::type>);
        EXPECT_EQ(co_await lines.select(sum(f<&RecipeItem::quantity>)).list(),
                  (std::vector<std::tuple<std::string, std::int64_t>>{{"tool", 3}}));
    });
}
