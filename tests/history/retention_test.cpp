#include "history/retention.hpp"

#include "history/check.hpp"
#include "history/seed.hpp"
#include "model/shop.hpp"

using namespace croft;
using history::choose_old, history::version_span;
using shop::item;

namespace {

const time_point start = *parse_time("2026-01-01T00:00:00Z");
const auto now_then = start + 24h * 100;

/// An insert on the first day and an update every `pause` after it; the last one is open.
std::vector<version_span> life(int versions, duration pause) {
    std::vector<version_span> all;
    for (int i = 0; i < versions; ++i) {
        all.push_back({i + 1, start + i * pause, start + (i + 1) * pause, i > 0});
        if (i + 1 == versions) all.back().to.reset();
    }
    return all;
}

using ids = std::vector<std::int64_t>;

struct history_retention_test : shop::each_engine {};
CROFT_ON_EACH_ENGINE(history_retention_test);

}  // namespace

TEST(history_rules, old_versions_go_by_age_but_not_the_one_that_held_at_the_edge) {
    EXPECT_EQ(choose_old(life(100, 24h), {.keep_for = 24h * 96}, now_then).removed, (ids{1, 2, 3, 4}));
    EXPECT_EQ(choose_old(life(1, 24h), {.keep_for = 1h}, now_then).removed, ids{});
}

TEST(history_rules, the_last_versions_of_a_row_stay_however_old) {
    EXPECT_EQ(choose_old(life(5, 1h), {.keep_for = 24h, .keep_last = 3}, now_then).removed, (ids{1, 2}));
    EXPECT_EQ(choose_old(life(5, 1h), {.keep_for = 24h}, now_then).removed, (ids{1, 2, 3, 4}));
}

TEST(history_rules, more_versions_than_allowed_go_oldest_first) {
    EXPECT_EQ(choose_old(life(5, 1h), {.keep_at_most = 2}, now_then).removed, (ids{1, 2, 3}));
    EXPECT_EQ(choose_old(life(2, 1h), {.keep_at_most = 2}, now_then).removed, ids{});
}

TEST(history_rules, a_row_deleted_long_ago_goes_altogether) {
    auto versions = life(2, 1h);
    versions[1].to = start + 2h;
    versions.push_back({3, start + 2h, start + 2h, false});
    EXPECT_EQ(choose_old(versions, {.keep_for = 24h}, now_then).removed, (ids{1, 2, 3}));
}

TEST(history_rules, thinning_leaves_the_last_update_of_each_day_and_no_hole) {
    // Every 8 hours: insert 0:00, updates 8:00 and 16:00, then three a day.
    const auto old = choose_old(life(9, 8h), {.thin_after = 24h * 30, .thin_to = 24h}, now_then);
    EXPECT_EQ(old.removed, (ids{2, 4, 5, 7, 8}));
    ASSERT_EQ(old.extended.size(), 3u);
    EXPECT_EQ(old.extended[0], (std::pair<std::int64_t, time_point>(1, start + 16h)));
    EXPECT_EQ(old.extended[1], (std::pair<std::int64_t, time_point>(3, start + 40h)));
    EXPECT_EQ(old.extended[2], (std::pair<std::int64_t, time_point>(6, start + 64h)));
}

TEST(history_rules, thinning_spares_what_is_young_and_the_last_ones) {
    const history_retention rules{.thin_after = 24h * 99, .thin_to = 24h, .keep_last = 0};
    EXPECT_EQ(choose_old(life(9, 8h), rules, now_then).removed, (ids{2}));
    EXPECT_EQ(choose_old(life(4, 1h), {.thin_after = 24h, .thin_to = 24h, .keep_last = 3}, now_then).removed, ids{});
}

TEST_P(history_retention_test, old_versions_are_removed_in_batches_and_the_rest_reads_as_before) {
    in_database([&]() -> task<> {
        for (int i = 0; i < 20; ++i) co_await create(item("item " + std::to_string(i), 0));
        for (int day = 1; day <= 30; ++day) {
            clock.advance(24h);
            co_await query<Item>().where(f<&Item::id> != 7).update(set<&Item::sell_price>(day));
        }
        const auto then = clock.now() - 24h * 9;
        const auto before = co_await as_of(then).query<Item>().order_by(f<&Item::id>).list();
        const history_retention rules{.keep_for = 24h * 10};
        const auto plan = co_await history::prune(&model<Item>(), rules, {.dry_run = true});
        const auto done = co_await history::prune(&model<Item>(), rules, {.read_batch = 7, .write_batch = 3});
        EXPECT_EQ(plan.removed, 19 * 20);
        EXPECT_EQ(done.removed, 19 * 20);
        EXPECT_EQ(done.looked_at, 1 + 19 * 31);
        EXPECT_EQ(co_await cell("SELECT count(*) FROM item_history"), std::to_string(1 + 19 * 11));
        const auto after = co_await as_of(then).query<Item>().order_by(f<&Item::id>).list();
        EXPECT_EQ(after.size(), before.size());
        for (std::size_t i = 0; i < after.size(); ++i) EXPECT_EQ(after[i].sell_price, before[i].sell_price);
        EXPECT_TRUE((co_await history::check(&model<Item>())).fine());
    });
}

TEST_P(history_retention_test, pruning_lets_writers_in_between) {
    in_database([&]() -> task<> {
        for (int i = 0; i < 300; ++i) co_await create(item("item " + std::to_string(i), 0));
        for (int day = 1; day <= 3; ++day) {
            clock.advance(24h);
            co_await query<Item>().update(set<&Item::sell_price>(day));
        }
        group pruning;
        bool pruned = false;
        pruning.spawn([&]() -> task<> {
            co_await history::prune(&model<Item>(), {.keep_at_most = 1}, {.read_batch = 50, .write_batch = 5});
            pruned = true;
        });
        co_await create(item("hoe", 5));
        EXPECT_FALSE(pruned);
        co_await pruning.wait();
        EXPECT_EQ(co_await cell("SELECT count(*) FROM item_history"), "301");
    });
}

TEST_P(history_retention_test, thinned_history_has_a_row_at_every_moment_of_its_life) {
    in_database([&]() -> task<> {
        co_await create(item("hoe", 0));
        for (int hour = 1; hour <= 72; ++hour) {
            clock.advance(1h);
            co_await query<Item>().update(set<&Item::sell_price>(hour));
        }
        const auto done = co_await history::prune(&model<Item>(), {.thin_after = 24h, .thin_to = 24h});
        EXPECT_EQ(done.removed, 22 + 23);
        for (int hour = 0; hour <= 72; ++hour)
            EXPECT_EQ(co_await as_of(clock.now() - hour * 1h).query<Item>().count(), 1) << hour;
        const auto after_a_day = co_await as_of(clock.now() - 48h - 1s).query<Item>().one();
        EXPECT_EQ(after_a_day.sell_price, 23);
    });
}

TEST_P(history_retention_test, nobody_else_can_change_or_remove_versions) {
    in_database([&]() -> task<> {
        co_await create(item("hoe", 5));
        co_await base->script("UPDATE item SET sell_price = 6");
        for (std::string sql :
             {"DELETE FROM item_history", "UPDATE item_history SET sell_price = 0",
              "UPDATE item_history SET history_to = '2030-01-01' WHERE history_to IS NULL",
              "UPDATE item_history SET history_to = NULL",
              on_postgres()
                  ? "TRUNCATE item_history"
                  : "INSERT OR REPLACE INTO item_history (history_id, history_from, history_change, id, name, type, "
                    "sell_price, created_at, modified_at) VALUES (1, '', '', 1, '', '', 0, '', '')"})
            EXPECT_THAT(co_await test::failure_of(base->script(sql)), testing::HasSubstr("append-only")) << sql;
        EXPECT_EQ(co_await cell("SELECT count(*) FROM item_history"), "2");
    });
}

TEST_P(history_retention_test, check_finds_what_is_wrong_and_repair_records_what_is_there) {
    in_database([&]() -> task<> {
        for (auto* name : {"a", "b", "c"}) co_await create(item(name, 5));
        const auto& model = croft::model<Item>();
        EXPECT_TRUE((co_await history::check(&model)).fine());
        for (std::string event : {"update", "insert", "delete"})
            co_await base->script("DROP TRIGGER item_history_" + event + on("", " ON item"));
        co_await base->script(
            "UPDATE item SET sell_price = 6 WHERE name = 'a'; DELETE FROM item WHERE name = 'b'; "
            "INSERT INTO item (name) VALUES ('d')");
        const auto found = co_await history::check(&model);
        EXPECT_EQ(found.missing, (shop::strings{"item_history_insert", "item_history_update", "item_history_delete"}));
        EXPECT_EQ(found.different, 1);
        EXPECT_EQ(found.vanished, 1);
        EXPECT_EQ(found.unrecorded, 1);
        EXPECT_EQ(found.findings().size(), 4u);
        clock.advance(1h);
        co_await migrations::make_tables(base, all_models());
        EXPECT_EQ(co_await history::repair(&model), 3);
        EXPECT_TRUE((co_await history::check(&model)).fine());
        EXPECT_EQ(co_await cells("SELECT history_change, name FROM item_history WHERE history_id > 3 ORDER BY name"),
                  "baseline:a delete:b baseline:d");
    });
}

TEST_P(history_retention_test, history_turned_on_for_a_filled_table_begins_with_what_is_there) {
    in_database([&]() -> task<> {
        co_await create(item("hoe", 5));
        co_await base->script("DROP TABLE item_history");
        for (auto& one : history::triggers_of(model<Item>(), base->kind()))
            if (one.what == model_schema::object::kind::trigger)
                co_await base->script("DROP TRIGGER IF EXISTS \"" + one.name + "\"" + on("", " ON item"));
        co_await migrations::make_tables(base, all_models());
        co_await query<Item>().update(set<&Item::sell_price>(6));
        EXPECT_EQ(co_await cells("SELECT history_change, sell_price FROM item_history ORDER BY history_id"),
                  "baseline:5 update:6");
        EXPECT_TRUE((co_await history::check(&model<Item>())).fine());
    });
}
