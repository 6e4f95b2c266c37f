#include "model/shop.hpp"

using namespace croft;
using shop::item, shop::names, shop::strings;

namespace {

struct query_test : shop::fixture {
    task<> fill() {
        co_await create(item("hoe", 5, "tool"));
        co_await create(item("Axe", 50, "tool"));
        co_await create(item("bread", 2, "meal"));
        co_await create(item("100%_wool", 9));
        auto gate = item("gate", 70);
        gate.key = (co_await query<Item>().where(f<&Item::name> == "hoe").one()).id;
        gate.market_price = 71;
        co_await save(gate);
    }
};

}  // namespace

TEST_F(query_test, every_field_type_survives_the_round_trip) {
    in_database([&]() -> task<> {
        Everything a;
        a.yes = false, a.small = -32768, a.big = INT64_MAX, a.real = 0.1;
        a.raw = {std::byte{0}, std::byte{255}};
        a.at = *parse_time("1999-12-31T23:59:59.123456Z");
        a.maybe = true, a.word = "it's \"quoted\"", a.share = -0.25;
        co_await save(a);
        EXPECT_EQ(a.id, 1);
        const auto b = co_await get<Everything>(1);
        EXPECT_EQ(b.yes, false);
        EXPECT_EQ(b.small, a.small);
        EXPECT_EQ(b.big, a.big);
        EXPECT_EQ(b.real, a.real);
        EXPECT_EQ(b.raw, a.raw);
        EXPECT_EQ(b.at, a.at);
        EXPECT_EQ(b.maybe, true);
        EXPECT_EQ(b.word, a.word);
        EXPECT_FALSE(b.then);
        EXPECT_EQ(b.share, a.share);
    });
}

TEST_F(query_test, comparisons_select_what_they_say) {
    in_database([&]() -> task<> {
        co_await fill();
        const auto list = [](condition c) { return query<Item>().where(std::move(c)).order_by(f<&Item::id>).list(); };
        EXPECT_EQ(names(co_await list(f<&Item::sell_price> < 9)), (strings{"hoe", "bread"}));
        EXPECT_EQ(names(co_await list(f<&Item::sell_price>.between(5, 50))), (strings{"hoe", "Axe", "100%_wool"}));
        EXPECT_EQ(names(co_await list(f<&Item::type> == "tool" && f<&Item::sell_price> > 5)), (strings{"Axe"}));
        EXPECT_EQ(names(co_await list(f<&Item::type> == "meal" || f<&Item::name> == "gate")),
                  (strings{"bread", "gate"}));
        EXPECT_EQ(names(co_await list(!(f<&Item::type> == "tool"))), (strings{"bread", "100%_wool", "gate"}));
        EXPECT_EQ(names(co_await list(f<&Item::market_price> != std::nullopt)), (strings{"gate"}));
        EXPECT_EQ((co_await list(f<&Item::market_price> == std::nullopt)).size(), 4u);
        EXPECT_EQ((co_await list(f<&Item::market_price> != 71)).size(), 4u);  // null differs from 71, as in C++
        EXPECT_EQ((co_await list(!(f<&Item::market_price> > 1))).size(), 4u);
        EXPECT_EQ(names(co_await list(f<&Item::name>.in({"hoe", "gate", "none"}))), (strings{"hoe", "gate"}));
        EXPECT_TRUE((co_await list(f<&Item::name>.in(strings{}))).empty());
    });
}

TEST_F(query_test, text_searches_mind_case_only_where_they_say_so_and_take_wildcards_literally) {
    in_database([&]() -> task<> {
        co_await fill();
        const auto list = [](condition c) { return query<Item>().where(std::move(c)).order_by(f<&Item::id>).list(); };
        EXPECT_EQ(names(co_await list(f<&Item::name>.contains("a"))), (strings{"bread", "gate"}));
        EXPECT_EQ(names(co_await list(f<&Item::name>.icontains("a"))), (strings{"Axe", "bread", "gate"}));
        EXPECT_EQ(names(co_await list(f<&Item::name>.starts_with("a"))), (strings{}));
        EXPECT_EQ(names(co_await list(f<&Item::name>.istarts_with("a"))), (strings{"Axe"}));
        EXPECT_EQ(names(co_await list(f<&Item::name>.ends_with("e"))), (strings{"hoe", "Axe", "gate"}));
        EXPECT_EQ((co_await list(f<&Item::name>.ends_with(""))).size(), 5u);
        EXPECT_EQ(names(co_await list(f<&Item::name>.icontains("%_"))), (strings{"100%_wool"}));
        EXPECT_EQ(names(co_await list(f<&Item::name>.is(comparison::iequal, "HOE"))), (strings{"hoe"}));
    });
}

TEST_F(query_test, an_injection_through_a_value_is_only_a_value) {
    in_database([&]() -> task<> {
        co_await fill();
        const std::string evil = "x'; DROP TABLE item; --";
        co_await create(item(evil, 1));
        EXPECT_EQ((co_await query<Item>().where(f<&Item::name> == evil).one()).name, evil);
        EXPECT_EQ(co_await query<Item>().where(f<&Item::name>.in({evil, std::string("\"]')--")})).count(), 1);
        EXPECT_EQ(co_await query<Item>().count(), 6);
    });
}

TEST_F(query_test, conditions_and_orders_look_through_references) {
    in_database([&]() -> task<> {
        co_await fill();
        EXPECT_EQ(names(co_await query<Item>().where(f<&Item::key, &Item::name> == "hoe").list()), (strings{"gate"}));
        const auto hoe = co_await query<Item>().where(f<&Item::name> == "hoe").one();
        const auto bread = co_await query<Item>().where(f<&Item::name> == "bread").one();
        co_await create(RecipeItem{.item = hoe, .ingredient = bread, .quantity = 2});
        co_await create(RecipeItem{.item = bread, .ingredient = hoe, .quantity = 3});
        const auto found = co_await query<RecipeItem>()
                               .where(f<&RecipeItem::item, &Item::type> == "meal")
                               .order_by(f<&RecipeItem::ingredient, &Item::name>.descending())
                               .list();
        EXPECT_EQ(found.size(), 1u);
        EXPECT_EQ((co_await get(found[0].item)).name, "bread");
    });
}

TEST_F(query_test, pages_are_stable_counts_and_first_and_one_say_what_they_should) {
    in_database([&]() -> task<> {
        co_await fill();
        EXPECT_EQ(names(co_await query<Item>().order_by(f<&Item::type>).limit(2).offset(1).list()),
                  (strings{"gate", "bread"}));
        EXPECT_EQ(co_await query<Item>().where(f<&Item::type> == "tool").count(), 2);
        EXPECT_TRUE(co_await query<Item>().where(f<&Item::type> == "tool").exists());
        EXPECT_FALSE(co_await query<Item>().where(f<&Item::type> == "spoon").first());
        bool none = false, several = false;
        try {
            co_await query<Item>().where(f<&Item::type> == "spoon").one();
        } catch (const not_found&) {
            none = true;
        }
        try {
            co_await query<Item>().where(f<&Item::type> == "tool").one();
        } catch (const not_found&) {
            several = true;
        }
        EXPECT_TRUE(none && several);
    });
}

TEST_F(query_test, save_writes_only_what_differs_and_sets_the_times) {
    in_database([&]() -> task<> {
        auto hoe = co_await create(item("hoe", 5));
        const auto born = clock.now();
        EXPECT_EQ(hoe.created_at.at, born);
        clock.advance(1h);
        co_await save(hoe);  // the same again
        EXPECT_EQ((co_await get<Item>(hoe.id)).modified_at.at, born);
        hoe.sell_price = 6;
        co_await save(hoe);
        const auto kept = co_await get<Item>(hoe.id);
        EXPECT_EQ(kept.created_at.at, born);
        EXPECT_EQ(kept.modified_at.at, born + 1h);
        EXPECT_EQ(co_await cell("SELECT count(*) FROM item_history"), "2");
    });
}

TEST_F(query_test, update_touches_only_rows_that_differ_and_remove_follows_the_delete_rules) {
    in_database([&]() -> task<> {
        co_await fill();
        EXPECT_EQ(co_await query<Item>().where(f<&Item::type> == "tool").update(set<&Item::sell_price>(50)), 1);
        const auto hoe = co_await query<Item>().where(f<&Item::name> == "hoe").one();
        const auto axe = co_await query<Item>().where(f<&Item::name> == "Axe").one();
        co_await create(RecipeItem{.item = hoe, .ingredient = axe});
        EXPECT_TRUE(co_await remove(hoe));
        EXPECT_FALSE(co_await remove(hoe));
        EXPECT_EQ(co_await query<RecipeItem>().count(), 0);                                // cascade
        EXPECT_FALSE((co_await query<Item>().where(f<&Item::name> == "gate").one()).key);  // set null
        EXPECT_EQ(co_await cell("SELECT history_change FROM recipe_item_history ORDER BY history_id DESC"),
                  "\"delete\"");
    });
}

TEST_F(query_test, update_or_create_takes_json_and_wants_a_real_key) {
    in_database([&]() -> task<> {
        const auto row = json::parse(R"({"name": "hoe", "price": 7, "bad": [1]})");
        for (int i = 0; i < 2; ++i)
            co_await update_or_create<Item>(key<&Item::name>(row["name"]), set<&Item::sell_price>(row["price"]));
        EXPECT_EQ((co_await query<Item>().one()).sell_price, 7);
        EXPECT_EQ(co_await cell("SELECT count(*) FROM item_history"), "1");
        std::string said;
        try {
            co_await update_or_create<Item>(key<&Item::name>(row["bad"]));
        } catch (const error& e) {
            said = e.what();
        }
        EXPECT_EQ(said, "Item.name: [1] is not a text");
        bool refused = false;
        try {
            co_await update_or_create<Item>(key<&Item::type>("tool"), set<&Item::sell_price>(1));
        } catch (const error&) {
            refused = true;
        }
        EXPECT_TRUE(refused);
    });
}

TEST_F(query_test, queries_in_all_run_and_a_transaction_rolls_back_with_its_history) {
    in_database([&]() -> task<> {
        co_await fill();
        auto [cheap, count] = co_await all(query<Item>().where(f<&Item::sell_price> < 5).list(), query<Item>().count());
        EXPECT_EQ(names(cheap), (strings{"bread"}));
        EXPECT_EQ(count, 5);
        const auto before = co_await cell("SELECT count(*) FROM item_history");
        try {
            co_await transaction([&]() -> task<> {
                co_await create(item("ghost", 1));
                EXPECT_EQ(co_await query<Item>().count(), 6);
                throw error("changed my mind");
            });
        } catch (const error&) {
        }
        EXPECT_EQ(co_await query<Item>().count(), 5);
        EXPECT_EQ(co_await cell("SELECT count(*) FROM item_history"), before);
    });
}
