#include "history/seed.hpp"
#include "model/shop.hpp"
#include "runtime/run_info.hpp"

using namespace croft;
using shop::item, shop::names, shop::strings;

namespace {

struct history_reading : shop::each_engine {
    /// Everything that `body` writes belongs to this run.
    template <class F>
    task<> as_run(std::int64_t id, F body) {
        auto run = std::make_shared<work::run_info>();
        run->id = id, run->task = "test.run";
        runtime::scoped_local<std::shared_ptr<work::run_info>> local(&runtime::inherited::run, run);
        co_await body();
    }

    task<std::string> kinds(std::string table, std::int64_t id) {
        co_return co_await cells("SELECT history_change FROM " + table + "_history WHERE id = " + std::to_string(id) +
                                 " ORDER BY history_id");
    }
};

CROFT_ON_EACH_ENGINE(history_reading);

struct history_revert : history_reading {};
CROFT_ON_EACH_ENGINE(history_revert);

template <class Error>
task<std::string> message_of(task<revert_report> doing) {
    try {
        co_await std::move(doing);
    } catch (const Error& failure) {
        co_return failure.what();
    }
    co_return "";
}

}  // namespace

TEST_P(history_reading, a_change_carries_user_request_and_data_of_the_code_around_it) {
    in_database([&]() -> task<> {
        {
            change_note who({.note = "n", .user = "ann", .request = "r-1", .data = R"({"ticket": 7})"});
            change_note inner("inner");
            co_await create(item("hoe", 5));
        }
        const auto changes = co_await history_of<Item>(1);
        EXPECT_EQ(changes.at(0).note, "inner");
        EXPECT_EQ(changes.at(0).user, "ann");
        EXPECT_EQ(changes.at(0).request, "r-1");
        EXPECT_EQ(changes.at(0).data, R"({"ticket": 7})");
        EXPECT_EQ(changes.at(0).name(), "Item hoe");
        EXPECT_EQ(changes.at(0).as<Item>().sell_price, 5);
    });
}

TEST_P(history_reading, changes_between_two_times_are_what_the_later_shows_and_the_earlier_does_not) {
    in_database([&]() -> task<> {
        auto hoe = co_await create(item("hoe", 5));
        const auto start = clock.now();
        clock.advance(1h);
        hoe.sell_price = 6;
        co_await save(hoe);
        auto axe = co_await create(item("axe", 1));
        const auto end = clock.now();
        clock.advance(1h);
        co_await remove(hoe);
        const auto changes = co_await changes_between<Item>(start, end);
        EXPECT_EQ(changes.size(), 2u);
        EXPECT_EQ(changes[0].diff(), "sell_price: 5 -> 6");
        EXPECT_EQ(changes[1].kind, "insert");
        EXPECT_EQ(changes[1].name(), "Item axe");
        EXPECT_TRUE((co_await changes_between<Item>(end + 1h, end + 2h)).empty());
    });
}

TEST_P(history_reading, net_changes_leave_out_what_came_to_nothing) {
    in_database([&]() -> task<> {
        auto hoe = co_await create(item("hoe", 5));
        auto axe = co_await create(item("axe", 1));
        const auto start = clock.now();
        clock.advance(1h);
        hoe.sell_price = 6;
        co_await save(hoe);
        hoe.type = "tool";
        co_await save(hoe);
        axe.sell_price = 2;
        co_await save(axe);
        axe.sell_price = 1;
        co_await save(axe);
        co_await remove(co_await create(item("passing", 1)));
        const auto net = net_changes(co_await changes_between<Item>(start, clock.now()));
        EXPECT_EQ(net.size(), 1u);
        EXPECT_EQ(net[0].diff(), "type: \"item\" -> \"tool\", sell_price: 5 -> 6");
    });
}

TEST_P(history_reading, the_last_change_of_a_field_says_who_made_it) {
    in_database([&]() -> task<> {
        auto hoe = co_await create(item("hoe", 5));
        co_await as_run(3, [&]() -> task<> {
            hoe.sell_price = 6;
            co_await save(hoe);
        });
        co_await as_run(4, [&]() -> task<> {
            hoe.type = "tool";
            co_await save(hoe);
        });
        EXPECT_EQ((co_await last_change<&Item::sell_price>(hoe.id))->run, 3);
        EXPECT_EQ((co_await last_change<&Item::type>(hoe.id))->run, 4);
        EXPECT_EQ((co_await last_change<&Item::name>(hoe.id))->kind, "insert");
        EXPECT_FALSE(co_await last_change<&Item::name>(77));
    });
}

TEST_P(history_revert, a_row_gets_back_what_it_was_in_a_version_and_the_revert_is_recorded) {
    in_database([&]() -> task<> {
        auto hoe = co_await create(item("hoe", 5));
        hoe.sell_price = 6;
        co_await save(hoe);
        co_await remove(hoe);
        const auto changes = co_await history_of<Item>(hoe.id);
        const auto done = co_await revert<Item>(hoe.id, changes[0].version);
        EXPECT_EQ(done.inserted, 1u);
        EXPECT_EQ((co_await get<Item>(hoe.id)).sell_price, 5);
        EXPECT_EQ((co_await history_of<Item>(hoe.id)).back().note, "revert to version 1");
        co_await revert<Item>(hoe.id, changes[1].version, {.note = "ticket 3"});
        EXPECT_EQ((co_await get<Item>(hoe.id)).sell_price, 6);
        EXPECT_EQ((co_await history_of<Item>(hoe.id)).back().note, "ticket 3");
        co_await revert<Item>(hoe.id, changes[2].version);
        EXPECT_EQ(co_await query<Item>().count(), 0);
        EXPECT_EQ(co_await kinds("item", hoe.id), "insert update delete insert update delete");
        EXPECT_NE(co_await message_of<error>(revert<Item>(hoe.id, 99)), "");
    });
}

TEST_P(history_revert, a_whole_run_is_undone_with_ids_and_references) {
    in_database([&]() -> task<> {
        auto flour = co_await create(item("flour", 1)), bread = co_await create(item("bread", 5));
        co_await create(RecipeItem{.item = bread, .ingredient = flour, .quantity = 3});
        const auto before = co_await query<Item>().order_by(f<&Item::id>).list();
        co_await as_run(7, [&]() -> task<> {
            auto oven = co_await create(item("oven", 50));
            auto changed = bread;
            changed.sell_price = 9, changed.key = oven.id;
            co_await save(changed);
            co_await create(RecipeItem{.item = bread, .ingredient = oven});
            co_await remove(flour);  // takes its recipe along
        });
        EXPECT_EQ(co_await query<Item>().count(), 2);
        const auto done = co_await revert_run(7);
        EXPECT_EQ(done.inserted, 2u);
        EXPECT_EQ(done.removed, 2u);
        EXPECT_EQ(done.updated, 1u);
        const auto after = co_await query<Item>().order_by(f<&Item::id>).list();
        EXPECT_EQ(names(after), names(before));
        EXPECT_EQ(after[1].sell_price, 5);
        EXPECT_FALSE(after[1].key);
        EXPECT_EQ(after[0].created_at, before[0].created_at);
        const auto recipe = co_await query<RecipeItem>().one();
        EXPECT_EQ(recipe.id, 1);
        EXPECT_EQ(recipe.quantity, 3);
        EXPECT_EQ((co_await history_of<Item>(flour.id)).back().note, "revert of run 7");
        if (!on_postgres()) EXPECT_EQ(co_await cell("SELECT count(*) FROM croft_context"), "0");
    });
}

TEST_P(history_revert, rows_that_refer_to_each_other_come_back_too) {
    in_database([&]() -> task<> {
        auto a = co_await create(item("a", 1)), b = co_await create(item("b", 2));
        a.key = b.id, b.key = a.id;
        co_await save(a);
        co_await save(b);
        co_await as_run(7, [&]() -> task<> { co_await query<Item>().remove(); });
        co_await revert_run(7);
        EXPECT_EQ((co_await get<Item>(a.id)).key->id, b.id);
        EXPECT_EQ((co_await get<Item>(b.id)).key->id, a.id);
    });
}

TEST_P(history_revert, what_was_changed_again_since_is_left_alone_unless_forced) {
    in_database([&]() -> task<> {
        auto hoe = co_await create(item("hoe", 5));
        co_await as_run(7, [&]() -> task<> {
            hoe.sell_price = 6;
            co_await save(hoe);
        });
        hoe.sell_price = 7;
        co_await save(hoe);
        EXPECT_EQ(
            co_await message_of<revert_conflict>(revert_run(7)),
            "nothing was reverted: Item hoe was changed again: version 3, update by somebody outside (force undoes "
            "that too)");
        EXPECT_EQ((co_await get<Item>(hoe.id)).sell_price, 7);
        co_await revert_run(7, {.force = true});
        EXPECT_EQ((co_await get<Item>(hoe.id)).sell_price, 5);
    });
}

TEST_P(history_revert, a_row_that_others_refer_to_since_is_not_removed_unless_forced) {
    in_database([&]() -> task<> {
        auto bread = co_await create(item("bread", 5));
        co_await as_run(7, [&]() -> task<> { co_await create(item("flour", 1)); });
        co_await create(RecipeItem{.item = bread, .ingredient = 2});
        EXPECT_EQ(co_await message_of<revert_conflict>(revert_run(7)),
                  "nothing was reverted: RecipeItem 1 refers to Item 2 by ingredient (force undoes that too)");
        EXPECT_EQ(co_await query<RecipeItem>().count(), 1);
        co_await revert_run(7, {.force = true});
        EXPECT_EQ(co_await query<RecipeItem>().count(), 0);
    });
}

TEST_P(history_revert, a_set_of_changes_is_undone_and_untracked_fields_stay) {
    in_database([&]() -> task<> {
        Seed seed{.name = "oat", .price = 1, .seen = 1};
        co_await save(seed);
        const auto start = clock.now();
        clock.advance(1h);
        seed.price = std::nullopt;
        co_await save(seed);
        co_await base->script("UPDATE seed SET seen = 9");
        co_await revert_changes(co_await changes_between<Seed>(start, clock.now()));
        const auto now = co_await get<Seed>(seed.id);
        EXPECT_EQ(now.price, 1);
        EXPECT_EQ(now.seen, 9);
    });
}

TEST_P(history_revert, a_revert_that_fails_halfway_changes_nothing) {
    in_database([&]() -> task<> {
        auto hoe = co_await create(item("hoe", 5)), axe = co_await create(item("axe", 1));
        co_await as_run(7, [&]() -> task<> {
            axe.sell_price = 2;
            co_await save(axe);
            co_await remove(hoe);
        });
        co_await create(item("hoe", 99));  // takes the name that the old one would need
        EXPECT_NE(co_await message_of<db::constraint_error>(revert_run(7)), "");
        EXPECT_EQ((co_await get<Item>(axe.id)).sell_price, 2);
    });
}
