#include "croft/sql.hpp"

#include "model/placeholders.hpp"
#include "model/shop.hpp"

using namespace croft;
using shop::item, shop::message_of, shop::names, shop::strings;

namespace {

struct sql_test : shop::fixture {
    task<> fill() {
        co_await create_all(
            std::vector<Item>{item("hoe", 5, "tool"), item("axe", 50, "tool"), item("bread?", 2, "meal")});
    }
};

struct Price {
    std::string name;
    std::optional<std::int32_t> market_price;
    bool dear = false;
};

std::string placed(std::string text, db::engine engine, int values = 0) {
    detail::sql_text made{std::move(text), {}, {}};
    for (int i = 0; i < values; ++i) made.in_turn.emplace_back(std::int64_t{i});
    return model_sql::placed(made, engine).sql;
}

}  // namespace

TEST_F(sql_test, rows_are_read_into_models_structs_values_and_dynamic_rows) {
    in_database([&]() -> task<> {
        co_await fill();
        EXPECT_EQ(names(co_await sql<Item>("SELECT * FROM item WHERE sell_price > ? ORDER BY name", 2).list()),
                  (strings{"axe", "hoe"}));
        EXPECT_EQ(
            co_await sql<std::int64_t>("SELECT count(*) FROM item WHERE type = :type", named("type", "tool")).one(), 2);
        const auto prices =
            co_await sql<Price>("SELECT market_price, sell_price > 9 AS dear, name FROM item ORDER BY id").list();
        EXPECT_EQ(prices.at(1).name, "axe");
        EXPECT_TRUE(prices.at(1).dear);
        EXPECT_FALSE(prices.at(1).market_price);
        const auto rows = co_await sql("SELECT name, sell_price * ? AS double FROM item ORDER BY id", 2).list();
        EXPECT_EQ(rows.at(0)["name"], value("hoe"));
        EXPECT_EQ(rows.at(1).get<std::int64_t>("double"), 100);
        EXPECT_EQ(rows.at(0).columns(), (strings{"name", "double"}));
        EXPECT_FALSE(co_await sql<Item>("SELECT * FROM item WHERE id = ?", 99).first());
    });
}

TEST_F(sql_test, what_writes_is_run_and_gives_its_rows_only_where_asked) {
    in_database([&]() -> task<> {
        co_await fill();
        EXPECT_EQ(co_await sql("UPDATE item SET sell_price = sell_price + ? WHERE type = ?", 1, "tool").run(), 2);
        EXPECT_EQ(co_await sql<std::string>("DELETE FROM item WHERE type = 'meal' RETURNING name").returning(),
                  (strings{"bread?"}));
        EXPECT_NE(co_await message_of([]() -> task<> { co_await sql("DELETE FROM item").list(); }),
                  "(nothing was thrown)");
        EXPECT_EQ(co_await query<Item>().count(), 2);
    });
}

TEST_F(sql_test, a_value_is_only_a_value_and_what_does_not_agree_is_told) {
    in_database([&]() -> task<> {
        using testing::HasSubstr;
        co_await fill();
        EXPECT_TRUE((co_await sql<Item>("SELECT * FROM item WHERE name = ?", "x' OR 1=1; --").list()).empty());
        EXPECT_EQ(
            names(co_await sql<Item>("SELECT * FROM item WHERE name = 'bread?' -- ?\n AND sell_price = ?", 2).list()),
            (strings{"bread?"}));
        EXPECT_THAT(
            co_await message_of([]() -> task<> { co_await sql<Item>("SELECT * FROM item WHERE id = ?").list(); }),
            HasSubstr("1 placeholders, but 0 values"));
        EXPECT_THAT(co_await message_of([]() -> task<> { co_await sql("SELECT :tpye", named("type", 1)).list(); }),
                    HasSubstr("did you mean \"type\"?"));
        EXPECT_THAT(co_await message_of([]() -> task<> { co_await sql("SELECT 1", named("type", 1)).list(); }),
                    HasSubstr("which isn't in it"));
        EXPECT_THAT(co_await message_of([]() -> task<> {
                        co_await sql<Price>("SELECT 'a' AS name, 1 AS market_prise, 1 AS dear").list();
                    }),
                    HasSubstr("did you mean"));
        EXPECT_THAT(
            co_await message_of([]() -> task<> { co_await sql<Price>("SELECT 'a' AS name, 1 AS dear").list(); }),
            HasSubstr("there is no column \"market_price\""));
        EXPECT_THAT(co_await message_of([]() -> task<> { co_await sql<std::int64_t>("SELECT 1, 2").list(); }),
                    HasSubstr("there are 2 columns"));
        EXPECT_THAT(co_await message_of([]() -> task<> {
                        co_await sql("SELECT 1").first();
                        co_await sql<std::int64_t>("SELECT 'x'").one();
                    }),
                    HasSubstr("column"));
    });
}

TEST(sql_text, placeholders_are_found_where_they_are_and_nowhere_else) {
    const auto lite = db::engine::sqlite, post = db::engine::postgres;
    EXPECT_EQ(placed("a = ? AND b = ?", lite, 2), "a = ?1 AND b = ?2");
    EXPECT_EQ(placed("a = ? AND b = ?", post, 2), "a = $1 AND b = $2");
    EXPECT_EQ(placed("'it''s ?' = ? \"a?\"", post, 1), "'it''s ?' = $1 \"a?\"");
    EXPECT_EQ(placed("data ?? 'key' AND x = ?", post, 1), "data ? 'key' AND x = $1");
    EXPECT_EQ(placed("x::text = ? /* ? /* ? */ ? */ -- ?\n", post, 1), "x::text = $1 /* ? /* ? */ ? */ -- ?\n");
    EXPECT_EQ(placed("$tag$ ? :x $$ $tag$ || ?", post, 1), "$tag$ ? :x $$ $tag$ || $1");
    EXPECT_EQ(placed("E'\\' ?' || ?", post, 1), "E'\\' ?' || $1");
    EXPECT_EQ(placed("[a?] = ? AND `b?` = 1", lite, 1), "[a?] = ?1 AND `b?` = 1");
    EXPECT_EQ(placed("array[?]", post, 1), "array[$1]");
    EXPECT_EQ(model_sql::placed({":a < :b AND :a > 1", {}, {named("b", 2), named("a", 1)}}, post).sql,
              "$1 < $2 AND $1 > 1");
    EXPECT_THROW(placed("x = $1", post, 1), error);
    EXPECT_THROW(placed("x = ?1", lite, 1), error);
    EXPECT_EQ(placed("'unended ?", post), "'unended ?");
    EXPECT_EQ(placed("/* unended ?", lite), "/* unended ?");
}
