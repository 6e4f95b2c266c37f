// A document's plan and statements are kept: whatever hangs on a request must not be kept with them.
#include "croft/graphql.hpp"

#include "croft/json.hpp"
#include "graphql/execution/service.hpp"
#include "model/shop.hpp"

using namespace croft;

CROFT_GRAPHQL(Item, filters<&Item::name, &Item::type>, orders<&Item::name>, pages());
CROFT_GRAPHQL(RecipeItem, filters<&RecipeItem::quantity>, orders<&RecipeItem::quantity>, pages());
CROFT_GRAPHQL_QUERY("shopItem", one<Item>);
CROFT_GRAPHQL_QUERY("shopItems", list<Item>);

namespace {

struct kept_plan : shop::each_engine {
    kept_plan() : shop::each_engine({&model<Item>(), &model<RecipeItem>()}) {}

    graphql::service service;

    /// The answer's "data", or all of it where there is none.
    task<std::string> ask(std::string query, json variables = {}) {
        const auto answer = co_await service.execute({std::move(query), "", std::move(variables)});
        const std::string start = R"({"data":)";
        co_return answer.body.starts_with(start)
            ? answer.body.substr(start.size(), answer.body.size() - start.size() - 1)
            : answer.body;
    }

    /// A hoe of 2 sticks and 3 stones, an axe of 1 stick and 4 stones: the rows come in no order of their parents.
    template <class F>
    void in_shop(F body) {
        in_database([&]() -> task<> {
            const auto items =
                co_await create_all(std::vector{shop::item("hoe", 5, "tool"), shop::item("axe", 7, "tool"),
                                                shop::item("stick", 1), shop::item("stone", 2)});
            const auto line = [&](int of, int from, int quantity) {
                return RecipeItem{.item = items[static_cast<std::size_t>(of)],
                                  .ingredient = items[static_cast<std::size_t>(from)],
                                  .quantity = quantity};
            };
            co_await create_all(std::vector{line(0, 3, 3), line(1, 3, 4), line(0, 2, 2), line(1, 2, 1)});
            co_await body();
        });
    }
};
CROFT_ON_EACH_ENGINE(kept_plan);

json with(std::string name, json value) { return json::object({{std::move(name), std::move(value)}}); }

}  // namespace

TEST_P(kept_plan, finds_other_rows_for_other_keys) {
    in_shop([&]() -> task<> {
        const std::string query = "query ($n: String) { shopItem(name: $n) { name recipe { quantity } } }";
        EXPECT_EQ(co_await ask(query, with("n", "hoe")),
                  R"({"shopItem":{"name":"hoe","recipe":[{"quantity":3},{"quantity":2}]}})");
        EXPECT_EQ(co_await ask(query, with("n", "axe")),
                  R"({"shopItem":{"name":"axe","recipe":[{"quantity":4},{"quantity":1}]}})");
        EXPECT_EQ(co_await ask(query, with("n", "spade")), R"({"shopItem":null})");
        EXPECT_EQ(co_await ask(query, with("n", "stick")), R"({"shopItem":{"name":"stick","recipe":[]}})");
    });
}

TEST_P(kept_plan, serves_one_parent_and_several) {
    in_shop([&]() -> task<> {
        const std::string query =
            "query ($names: [String!]) { shopItems(filters: {name: {inList: $names}}) "
            "{ name recipe { quantity ingredient { name } } } }";
        const std::string hoe = R"({"name":"hoe","recipe":[{"quantity":3,"ingredient":{"name":"stone"}},)"
                                R"({"quantity":2,"ingredient":{"name":"stick"}}]})";
        const std::string axe = R"({"name":"axe","recipe":[{"quantity":4,"ingredient":{"name":"stone"}},)"
                                R"({"quantity":1,"ingredient":{"name":"stick"}}]})";
        for (int round = 0; round < 2; ++round) {
            EXPECT_EQ(co_await ask(query, with("names", json::array({"hoe"}))), R"({"shopItems":[)" + hoe + "]}");
            EXPECT_EQ(co_await ask(query, with("names", json::array({"axe", "hoe"}))),
                      R"({"shopItems":[)" + hoe + "," + axe + "]}");
            EXPECT_EQ(co_await ask(query, with("names", json::array({"axe"}))), R"({"shopItems":[)" + axe + "]}");
            EXPECT_EQ(co_await ask(query, with("names", json::array({"stick", "stone"}))),
                      R"({"shopItems":[{"name":"stick","recipe":[]},{"name":"stone","recipe":[]}]})");
        }
    });
}

TEST_P(kept_plan, filters_orders_and_pages_relations_as_each_request_says) {
    in_shop([&]() -> task<> {
        const std::string query =
            "query ($least: Int, $way: Ordering, $most: Int) { shopItems(filters: {type: {exact: \"tool\"}}) { recipe("
            "filters: {quantity: {gte: $least}}, order: {quantity: $way}, pagination: {limit: $most}) { quantity } } }";
        const auto asked = [](int least, std::string way, json most) {
            return json::object({{"least", least}, {"way", std::move(way)}, {"most", std::move(most)}});
        };
        EXPECT_EQ(
            co_await ask(query, asked(0, "ASC", nullptr)),
            R"({"shopItems":[{"recipe":[{"quantity":2},{"quantity":3}]},{"recipe":[{"quantity":1},{"quantity":4}]}]})");
        EXPECT_EQ(co_await ask(query, asked(2, "DESC", nullptr)),
                  R"({"shopItems":[{"recipe":[{"quantity":3},{"quantity":2}]},{"recipe":[{"quantity":4}]}]})");
        EXPECT_EQ(co_await ask(query, asked(0, "DESC", 1)),
                  R"({"shopItems":[{"recipe":[{"quantity":3}]},{"recipe":[{"quantity":4}]}]})");
        const auto refused = co_await ask(query, asked(0, "ASC", -1));
        EXPECT_NE(refused.find("limit and offset must not be negative"), refused.npos) << refused;
        EXPECT_EQ(co_await ask(query, asked(4, "ASC", nullptr)),
                  R"({"shopItems":[{"recipe":[]},{"recipe":[{"quantity":4}]}]})");
    });
}

TEST_P(kept_plan, asks_for_what_a_variable_includes_and_nothing_else) {
    in_shop([&]() -> task<> {
        const std::string query =
            "query ($more: Boolean!) { shopItem(name: \"hoe\") { name ...lines @include(if: $more) } } "
            "fragment lines on Item { recipe { quantity } }";
        for (int round = 0; round < 2; ++round) {
            EXPECT_EQ(co_await ask(query, with("more", false)), R"({"shopItem":{"name":"hoe"}})");
            EXPECT_EQ(co_await ask(query, with("more", true)),
                      R"({"shopItem":{"name":"hoe","recipe":[{"quantity":3},{"quantity":2}]}})");
        }
    });
}

TEST_P(kept_plan, shows_the_time_that_each_request_asks_for_at_every_level) {
    in_shop([&]() -> task<> {
        const auto then = to_text(clock.now());
        clock.advance(1h);
        co_await query<RecipeItem>().update(set<&RecipeItem::quantity>(9));
        const std::string query =
            "query ($then: DateTime) { shopItem(name: \"hoe\", asOf: $then) { recipe { quantity } } }";
        const std::string now = R"({"shopItem":{"recipe":[{"quantity":9},{"quantity":9}]}})";
        EXPECT_EQ(co_await ask(query), now);
        EXPECT_EQ(co_await ask(query, with("then", then)),
                  R"({"shopItem":{"recipe":[{"quantity":3},{"quantity":2}]}})");
        EXPECT_EQ(co_await ask(query), now);
    });
}
