#include "croft/related.hpp"

#include <atomic>

#include "db/fault.hpp"
#include "model/shop.hpp"

using namespace croft;
using shop::item, shop::message_of, shop::names, shop::strings;

namespace {

struct related_test : shop::fixture {
    task<> fill() {
        const auto made = co_await create_all(
            std::vector<Item>{item("hoe", 5), item("axe", 50), item("bread", 2), item("flour", 1), item("gate", 7)});
        co_await query<Item>().where(f<&Item::name>.in({"gate", "axe"})).update(set<&Item::key>(made[0].id));
        co_await create_all(std::vector<RecipeItem>{{.item = made[2], .ingredient = made[3], .quantity = 3},
                                                    {.item = made[2], .ingredient = made[0], .quantity = 1},
                                                    {.item = made[4], .ingredient = made[1], .quantity = 2}});
    }
};

}  // namespace

TEST_F(related_test, rows_come_with_those_that_point_to_them_and_those_that_they_point_to) {
    in_database([&]() -> task<> {
        co_await fill();
        const auto items = co_await query<Item>()
                               .with<&RecipeItem::item, &RecipeItem::ingredient>()
                               .with<&Item::key>()
                               .with<back<&Item::key>>()
                               .order_by(f<&Item::id>)
                               .list();
        EXPECT_EQ(items.size(), 5u);
        const auto& hoe = items[0];
        const auto& bread = items[2];
        const auto& gate = items[4];
        EXPECT_EQ(bread.related<&RecipeItem::item>().size(), 2u);
        EXPECT_EQ(bread.related<&RecipeItem::item>()[0].quantity, 3);
        EXPECT_EQ(bread.related<&RecipeItem::item>()[0].related<&RecipeItem::ingredient>()->name, "flour");
        EXPECT_EQ(bread.related<&RecipeItem::item>()[1].related<&RecipeItem::ingredient>()->name, "hoe");
        EXPECT_TRUE(hoe.related<&RecipeItem::item>().empty());
        EXPECT_EQ(gate.related<&Item::key>()->name, "hoe");
        EXPECT_EQ(hoe.related<&Item::key>(), nullptr);
        strings opened;
        for (auto& one : hoe.related<back<&Item::key>>()) opened.push_back(one.name);
        EXPECT_EQ(opened, (strings{"axe", "gate"}));
    });
}

TEST_F(related_test, each_relation_is_one_statement_however_many_rows_there_are) {
    in_database([&]() -> task<> {
        co_await fill();
        std::atomic<std::size_t> selects = 0;
        db::set_fault_hook([&](std::string_view sql) { selects += sql.starts_with("SELECT"); });
        const auto reads = [&](auto rows) -> task<std::size_t> {
            selects = 0;
            co_await transaction([&]() -> task<> { co_await rows.list(); });  // the writer's statements are told of
            co_return selects;
        };
        EXPECT_EQ(co_await reads(query<Item>().with<&Item::key>()), 2u);
        EXPECT_EQ(co_await reads(query<Item>()
                                     .with<&RecipeItem::item>()
                                     .with<&RecipeItem::item, &RecipeItem::ingredient>()
                                     .with<back<&Item::key>>()),
                  4u);
        EXPECT_EQ(co_await reads(query<Item>().where(f<&Item::name> == "none").with<&Item::key>()), 1u);
        db::set_fault_hook({});
    });
}

TEST_F(related_test, a_query_says_which_of_them_in_what_order_and_how_many_for_each) {
    in_database([&]() -> task<> {
        co_await fill();
        const auto few = co_await query<Item>()
                             .with<&RecipeItem::item>(query<RecipeItem>().order_by(f<&RecipeItem::quantity>).limit(1))
                             .where(f<&Item::name>.in({"bread", "gate"}))
                             .order_by(f<&Item::name>)
                             .list();
        EXPECT_EQ(few.size(), 2u);
        EXPECT_EQ(few[0].related<&RecipeItem::item>().size(), 1u);
        EXPECT_EQ(few[0].related<&RecipeItem::item>()[0].quantity, 1);
        EXPECT_EQ(few[1].related<&RecipeItem::item>()[0].quantity, 2);
        const auto many = co_await query<Item>()
                              .with<&RecipeItem::item>(query<RecipeItem>().where(f<&RecipeItem::quantity> > 2))
                              .list();
        std::size_t lines = 0;
        for (auto& one : many) lines += one.related<&RecipeItem::item>().size();
        EXPECT_EQ(lines, 1u);
    });
}

TEST_F(related_test, a_row_is_still_a_row_and_says_what_was_not_fetched) {
    in_database([&]() -> task<> {
        co_await fill();
        auto gate = co_await query<Item>().where(f<&Item::name> == "gate").with<&Item::key>().one();
        gate.sell_price = 8;
        co_await save(gate);
        EXPECT_EQ((co_await get<Item>(gate.id)).sell_price, 8);
        EXPECT_THAT(co_await message_of([&]() -> task<> {
                        (void)gate.related<&RecipeItem::item>();
                        co_return;
                    }),
                    testing::HasSubstr("add .with<&RecipeItem::item>() to the query"));
    });
}

TEST_F(related_test, the_past_comes_with_its_own_relations) {
    in_database([&]() -> task<> {
        co_await fill();
        clock.advance(1h);
        const auto then = clock.now();
        clock.advance(1h);
        co_await query<RecipeItem>().remove();
        const auto bread =
            co_await query<Item>().as_of(then).where(f<&Item::name> == "bread").with<&RecipeItem::item>().one();
        EXPECT_EQ(bread.related<&RecipeItem::item>().size(), 2u);
    });
}
