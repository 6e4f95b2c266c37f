#include "croft/select.hpp"

#include "model/shop.hpp"

using namespace croft;
using shop::item, shop::names, shop::strings;

namespace {

struct select_test : shop::fixture {
    task<> fill() {
        co_await create_all(std::vector<Item>{item("hoe", 5, "tool"), item("axe", 50, "tool"), item("bread", 2, "meal"),
                                              item("wool", 9), item("gate", 70)});
        co_await query<Item>().where(f<&Item::name> == "gate").update(set<&Item::market_price>(71));
    }
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
    });
}
