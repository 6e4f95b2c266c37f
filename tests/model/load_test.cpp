#include <set>

#include "model/shop.hpp"

using namespace croft;
using shop::names, shop::strings;

namespace {

struct load_test : shop::each_engine {};
CROFT_ON_EACH_ENGINE(load_test);

const auto item_rows = serializer<Item>(from<&Item::name>("title", required, max_length(10)),
                                        from<&Item::market_price>("stats.market", zero_is_null),
                                        from<&Item::key>("opens_with", zero_is_null, by<&Item::name>));

json rows(std::string text) { return json::parse(text); }

}  // namespace

TEST_P(load_test, maps_paths_and_same_names_converts_zero_and_leaves_other_fields_alone) {
    in_database([&]() -> task<> {
        auto report = co_await load<Item>(item_rows.read(
            rows(R"([{"title": "hoe", "sellPrice": 3, "stats": {"market": 0}, "colour": "red", "id": 99}])")));
        EXPECT_EQ(report.describe(), "Item: 1 inserted, 0 updated, 0 unchanged, 0 removed");
        EXPECT_EQ(report.unknown, (std::vector<std::string>{"colour", "id"}));
        const auto hoe = co_await query<Item>().one();
        EXPECT_EQ(hoe.sell_price, 3);
        EXPECT_FALSE(hoe.market_price);
        EXPECT_EQ(hoe.type, "item");
        EXPECT_EQ(hoe.id, 1);
        co_await query<Item>().update(set<&Item::type>("tool"));
        co_await load<Item>(item_rows.read(rows(R"([{"title": "hoe", "sellPrice": 4}])")));
        EXPECT_EQ((co_await query<Item>().one()).type, "tool");
    });
}

TEST_P(load_test, the_same_rows_again_write_nothing_and_add_no_history) {
    in_database([&]() -> task<> {
        std::string text = "[";
        for (int i = 0; i < 2500; ++i)
            text += (i ? "," : "") + std::string(R"({"title": "i)") + std::to_string(i) + R"(", "sellPrice": 1})";
        const auto source = rows(text + "]");
        EXPECT_EQ((co_await load<Item>(item_rows.read(source))).inserted, 2500u);
        const auto versions = co_await cell("SELECT count(*) FROM item_history");
        clock.advance(1h);
        const auto again = co_await load<Item>(item_rows.read(source), {.missing = missing::remove});
        EXPECT_EQ(again.unchanged, 2500u);
        EXPECT_EQ(again.written(), 0u);
        EXPECT_EQ(co_await cell("SELECT count(*) FROM item_history"), versions);
        EXPECT_EQ(co_await cell("SELECT max(modified_at) FROM item"), "\"2026-03-01T00:00:00.000000Z\"");
    });
}

TEST_P(load_test, a_bad_row_is_set_aside_with_every_reason_and_the_rest_goes_on) {
    in_database([&]() -> task<> {
        const auto report = co_await load<Item>(item_rows.read(rows(
            R"([{"title": "hoe"}, {"sellPrice": "abc"}, 7, {"title": "much too long a name"}, {"title": "axe", "opens_with": "nothing"},
                {"title": "hoe", "sellPrice": 9}])")));
        strings said;
        for (auto& one : report.rejected) said.push_back(one.describe());
        EXPECT_EQ(said, (strings{R"(row 2, "title": is missing)",
                                 R"(row 2, "sellPrice": Item.sell_price: "abc" is not an integer)",
                                 R"(row 3: expected an object, found "7")",
                                 R"(row 4, "title": 20 characters long; at most 10 are allowed)",
                                 R"(row 5, "opens_with": there is no Item with name "nothing")",
                                 R"(row 6: its key is the same as that of row 1)"}));
        EXPECT_EQ(report.inserted, 1u);
        EXPECT_EQ((co_await query<Item>().one()).sell_price, 0);
    });
}

TEST_P(load_test, references_are_resolved_by_the_other_models_key) {
    in_database([&]() -> task<> {
        co_await load<Item>(item_rows.read(rows(R"([{"title": "hoe"}, {"title": "gate"}])")));
        co_await load<Item>(item_rows.read(rows(R"([{"title": "gate", "opens_with": "hoe"}])")));
        EXPECT_EQ(names(co_await query<Item>().where(f<&Item::key, &Item::name> == "hoe").list()), (strings{"gate"}));
    });
}

TEST_P(load_test, removes_what_is_gone_but_not_what_was_rejected_nor_out_of_scope_nor_too_much) {
    in_database([&]() -> task<> {
        co_await load<Item>(item_rows.read(rows(
            R"([{"title": "a"}, {"title": "b"}, {"title": "c"}, {"title": "d", "type": "tool"}, {"title": "e"}, {"title": "f"}])")));
        auto report = co_await load<Item>(
            item_rows.read(
                rows(R"([{"title": "a"}, {"title": "b", "sellPrice": "bad"}, {"title": "c"}, {"title": "f"}])")),
            {.missing = missing::remove, .scope = f<&Item::type> == "item"});
        EXPECT_EQ(report.removed, 1u);
        EXPECT_EQ(names(co_await query<Item>().order_by(f<&Item::name>).list()), (strings{"a", "b", "c", "d", "f"}));

        report = co_await load<Item>(item_rows.read(rows(R"([{"title": "a"}])")), {.missing = missing::remove});
        EXPECT_EQ(report.removed, 0u);
        EXPECT_EQ(report.removal_refused, 4u);
        EXPECT_EQ(co_await query<Item>().count(), 5);

        report = co_await load<Item>(
            item_rows.read(
                rows(R"([{"title": "a"}, {"title": "b"}, {"title": "c"}, {"title": "d"}, {"nameless": 1}])")),
            {.missing = missing::remove});
        EXPECT_EQ(report.removal_refused, 1u);  // the nameless row may be f's
    });
}

TEST_P(load_test, too_many_rejected_rows_stop_the_load_with_nothing_written) {
    in_database([&]() -> task<> {
        bool refused = false;
        try {
            co_await load<Item>(item_rows.read(rows(R"([{"title": "a"}, {}, {}])")), {.max_rejected = 1});
        } catch (const error& e) {
            refused = true;
            EXPECT_NE(std::string(e.what()).find("row 2"), std::string::npos);
        }
        EXPECT_TRUE(refused);
        EXPECT_EQ(co_await query<Item>().count(), 0);
    });
}

TEST_P(load_test, objects_and_streams_of_objects_load_too) {
    in_database([&]() -> task<> {
        auto source = []() -> stream<Item> {
            for (int i = 0; i < 5; ++i) {
                co_await sleep(1s);
                co_yield shop::item("i" + std::to_string(i), i);
            }
        };
        auto report = co_await (source() | batch(2) | load<Item>());
        EXPECT_EQ(report.inserted, 5u);
        report = co_await load<Item>(std::vector{shop::item("i0", 0), shop::item("i1", 100)});
        EXPECT_EQ(report.unchanged, 1u);
        EXPECT_EQ(report.updated, 1u);
    });
}

TEST(serializer_test, a_field_mapped_twice_or_rows_that_are_no_array_are_refused) {
    EXPECT_THROW(serializer<Item>(from<&Item::name>("a"), from<&Item::name>("b")), error);
    EXPECT_THROW(serializer<Item>(from<&Item::name>("a", by<&Item::name>)), error);
    EXPECT_THROW(item_rows.read(rows("{}")), error);
}
