// What scripts/check-compile-budget compiles: a user's source file with two models, a cron task and GraphQL.
#include <croft/every.hpp>
#include <croft/graphql.hpp>
#include <croft/history.hpp>
#include <croft/http.hpp>
#include <croft/load.hpp>
#include <croft/log.hpp>
#include <croft/model.hpp>
#include <croft/query.hpp>

using namespace croft;

struct Item {
    std::int64_t id = 0;
    std::string name, type = "item";
    std::int32_t sell_price = 0;
    std::optional<std::int32_t> market_price;
    created_at created;
    modified_at modified;
};
CROFT_MODEL(Item, unique<&Item::name>, history(except<&Item::modified>));

struct RecipeItem {
    std::int64_t id = 0;
    ref<Item, "recipe"> item;
    ref<Item, "used_in"> ingredient;
    std::int32_t quantity = 1;
};
CROFT_MODEL(RecipeItem, unique<&RecipeItem::item, &RecipeItem::ingredient>, history());

const http::site api("api", "https://api.example");
const auto item_rows = serializer<Item>(from<&Item::name>("name", required, max_length(255)),
                                        from<&Item::market_price>("fm_price", zero_is_null));

CROFT_CRON("@hourly", scrape_items) {
    auto page = (co_await api.get("/items", {{"page", 1}})).json();
    auto report = co_await load<Item>(item_rows.read(page["items"]), {.missing = missing::remove});
    log::info("items loaded", report);
    const auto cheap =
        co_await query<Item>().where(f<&Item::sell_price> < 10).order_by(f<&Item::name>).limit(20).list();
    for (auto& item : cheap) log::info("{} sells for {}", item.name, item.sell_price);
}

CROFT_GRAPHQL(Item, filters<&Item::id, &Item::name, &Item::type>, orders<&Item::id, &Item::name>, pages(),
              field("isRare", [](const Item& item) { return item.sell_price > 1'000'000; }));
CROFT_GRAPHQL(RecipeItem, orders<&RecipeItem::quantity>);
CROFT_GRAPHQL_QUERY("items", list<Item>);
CROFT_GRAPHQL_QUERY("itemHistory", history<Item>);
