#include "croft/link.hpp"

#include "croft/related.hpp"
#include "croft/select.hpp"
#include "model/world.hpp"

using namespace croft;
using namespace world;
using shop::strings;

namespace {

struct link_test : on_each_engine {
    struct places {
        City zurich, bern, basel;
        Tag old, big, sunny;
    };
    void in_places(std::function<task<>(places)> body) {
        in_database([body = std::move(body)]() -> task<> {
            co_await update_or_create<Country>(key<&Country::code>("CH"), set<&Country::name>("Switzerland"));
            const auto city = [](std::string name) { return City{.name = std::move(name), .country = "CH"}; };
            const auto cities = co_await create_all(std::vector<City>{city("Zurich"), city("Bern"), city("Basel")});
            const auto tags =
                co_await create_all(std::vector<Tag>{{.name = "old"}, {.name = "big"}, {.name = "sunny"}});
            co_await body({cities[0], cities[1], cities[2], tags[0], tags[1], tags[2]});
        });
    }
};
CROFT_ON_EACH_ENGINE(link_test);

template <class T>
strings names_of(const std::vector<T>& rows) {
    strings all;
    for (auto& row : rows) all.push_back(row.name);
    return all;
}
task<strings> cities(condition which) {
    co_return names_of(co_await query<City>().where(std::move(which)).order_by(f<&City::id>).list());
}
task<strings> tags(condition which) {
    co_return names_of(co_await query<Tag>().where(std::move(which)).order_by(f<&Tag::id>).list());
}

}  // namespace

TEST_P(link_test, pairs_are_made_once_and_removed_and_replaced) {
    in_places([](places at) -> task<> {
        EXPECT_EQ(co_await link<&City::tags>(at.zurich, {at.old, at.big, at.old}), 2);
        EXPECT_EQ(co_await link<&City::tags>(at.zurich, at.big), 0);
        EXPECT_EQ(co_await link<&City::tags>(at.bern.id, at.old.id), 1);
        EXPECT_EQ(co_await tags(any<back<&City::tags>>(f<&City::name> == "Zurich")), (strings{"old", "big"}));
        EXPECT_EQ(co_await unlink<&City::tags>(at.zurich, {at.big, at.sunny}), 1);
        EXPECT_EQ(co_await set_links<&City::tags>(at.zurich, {at.old, at.sunny}), 1);
        EXPECT_EQ(co_await tags(any<back<&City::tags>>(f<&City::name> == "Zurich")), (strings{"old", "sunny"}));
        EXPECT_EQ(co_await set_links<&City::tags>(at.zurich, {}), 2);
        EXPECT_EQ(co_await cities(any<&City::tags>()), (strings{"Bern"}));
    });
}

TEST_P(link_test, a_pair_with_a_row_that_is_not_there_is_refused_and_nothing_changed) {
    in_places([](places at) -> task<> {
        co_await link<&City::tags>(at.zurich, at.old);
        bool refused = false;
        try {
            co_await set_links<&City::tags>(at.zurich, {at.big.id, std::int64_t{999}});
        } catch (const db::constraint_error&) {
            refused = true;
        }
        EXPECT_TRUE(refused);
        EXPECT_EQ(co_await tags(any<back<&City::tags>>()), (strings{"old"}));
    });
}

TEST_P(link_test, conditions_ask_about_the_rows_at_the_other_end) {
    in_places([](places at) -> task<> {
        co_await link<&City::tags>(at.zurich, {at.big, at.sunny});
        co_await link<&City::tags>(at.bern, {at.old});
        EXPECT_EQ(co_await cities(any<&City::tags>(f<&Tag::name> == "old")), (strings{"Bern"}));
        EXPECT_EQ(co_await cities(none<&City::tags>()), (strings{"Basel"}));
        const auto either = f<&Tag::name> == "old" || f<&Tag::name> == "nowhere";
        EXPECT_EQ(co_await cities(any<&City::tags>(either)), (strings{"Bern"}));
        EXPECT_EQ(co_await cities(every<&City::tags>(either)), (strings{"Bern", "Basel"}));
        EXPECT_EQ(co_await cities(none<&City::tags>(either)), (strings{"Zurich", "Basel"}));
        EXPECT_EQ(co_await cities(none<&City::tags>(f<&Tag::name> == "big")), (strings{"Bern", "Basel"}));
        EXPECT_EQ(co_await cities(every<&City::tags>(f<&Tag::name> != "big")), (strings{"Bern", "Basel"}));
        EXPECT_EQ(co_await tags(none<back<&City::tags>>(f<&City::name> == "Bern")), (strings{"big", "sunny"}));
        EXPECT_EQ(co_await cities(condition_on(model<City>(), "tags.name", comparison::equal, "sunny")),
                  (strings{"Zurich"}));
        // a model paired with itself
        co_await link<&City::twins>(at.zurich, {at.bern, at.basel});
        EXPECT_EQ(co_await cities(any<&City::twins>(f<&City::name> == "Bern")), (strings{"Zurich"}));
        EXPECT_EQ(co_await cities(any<back<&City::twins>>()), (strings{"Bern", "Basel"}));
    });
}

TEST_P(link_test, linked_rows_come_along_from_both_sides) {
    in_places([](places at) -> task<> {
        co_await link<&City::tags>(at.zurich, {at.sunny, at.old, at.big});
        co_await link<&City::tags>(at.bern, {at.old});
        co_await link<&City::twins>(at.zurich, {at.bern});
        const auto found = co_await query<City>()
                               .with<&City::tags>(query<Tag>().order_by(f<&Tag::name>).limit(2))
                               .with<back<&City::twins>>()
                               .order_by(f<&City::id>)
                               .list();
        EXPECT_EQ(names_of(found[0].related<&City::tags>()), (strings{"big", "old"}));
        EXPECT_EQ(names_of(found[1].related<&City::tags>()), (strings{"old"}));
        EXPECT_TRUE(found[2].related<&City::tags>().empty());
        EXPECT_EQ(names_of(found[1].related<back<&City::twins>>()), (strings{"Zurich"}));
        EXPECT_TRUE(found[0].related<back<&City::twins>>().empty());
        const auto old = co_await query<Tag>().with<&City::tags, &City::country>().where(f<&Tag::name> == "old").one();
        EXPECT_EQ(names_of(old.related<&City::tags>()), (strings{"Zurich", "Bern"}));
        EXPECT_EQ(old.related<&City::tags>()[1].related<&City::country>()->name, "Switzerland");
    });
}

TEST_P(link_test, pairs_go_with_their_rows) {
    in_places([](places at) -> task<> {
        co_await link<&City::tags>(at.zurich, {at.old, at.big});
        co_await remove(at.old);
        EXPECT_EQ(co_await tags(any<back<&City::tags>>()), (strings{"big"}));
        co_await remove(at.zurich);
        EXPECT_EQ(co_await tags(any<back<&City::tags>>()), (strings{}));
    });
}

struct sums : on_each_engine {};
CROFT_ON_EACH_ENGINE(sums);

TEST_P(sums, of_decimals_and_durations_are_of_their_own_type) {
    in_database([]() -> task<> {
        const auto nothing = co_await query<Sample>().select(sum(f<&Sample::price>), sum(f<&Sample::length>)).one();
        EXPECT_EQ(nothing, std::tuple(decimal<2>(), duration()));
        co_await create_all(std::vector<Sample>{{.price = 0.10, .length = 1min}, {.price = 0.20, .length = 30s}});
        const auto [price, length, maybe] =
            co_await query<Sample>()
                .select(sum(f<&Sample::price>), sum(f<&Sample::length>), sum(f<&Sample::maybe_price>))
                .one();
        EXPECT_EQ(to_text(price), "0.30");
        EXPECT_EQ(length, 90s);
        EXPECT_EQ(maybe, decimal<18>());
    });
}
