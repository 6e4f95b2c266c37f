#include "croft/history.hpp"

#include "model/shop.hpp"
#include "runtime/run_info.hpp"

using namespace croft;
using shop::item, shop::names, shop::strings;

namespace {
struct history_test : shop::each_engine {};
CROFT_ON_EACH_ENGINE(history_test);
}  // namespace

TEST_P(history_test, a_row_s_life_is_told_with_who_when_and_what) {
    in_database([&]() -> task<> {
        auto run = std::make_shared<work::run_info>();
        run->id = 7, run->task = "items.ingest";
        runtime::locals().run = run;
        auto hoe = co_await create(item("hoe", 5));
        clock.advance(1h);
        {
            change_note note("1.13.2");
            hoe.sell_price = 6;
            co_await save(hoe);
        }
        runtime::locals().run = nullptr;
        clock.advance(1h);
        co_await remove(hoe);
        const auto changes = co_await history_of<Item>(hoe.id);
        EXPECT_EQ(changes.size(), 3u);
        EXPECT_EQ(changes[0].kind, "insert");
        EXPECT_EQ(changes[0].run, 7);
        EXPECT_EQ(changes[0].task, "items.ingest");
        EXPECT_EQ(changes[0].note, "");
        EXPECT_EQ(changes[0].until, changes[1].at);
        EXPECT_EQ(changes[1].diff(), "sell_price: 5 -> 6");
        EXPECT_EQ(changes[1].note, "1.13.2");
        EXPECT_EQ(changes[1].at, *parse_time("2026-03-01T01:00:00Z"));
        EXPECT_EQ(changes[2].kind, "delete");
        EXPECT_FALSE(changes[2].run);
        if (!on_postgres()) EXPECT_EQ(co_await cell("SELECT count(*) FROM croft_context"), "0");
    });
}

TEST_P(history_test, an_outsider_s_sql_is_recorded_too_even_replace) {
    in_database([&]() -> task<> {
        base->set_context({}, {});
        const auto replace = on("INSERT OR REPLACE INTO item (id, name) VALUES (1, 'axe')",
                                "INSERT INTO item (id, name) VALUES (1, 'axe') ON CONFLICT (id) DO UPDATE SET name = "
                                "'axe', sell_price = 0");
        for (auto& sql :
             {std::string("INSERT INTO item (name) VALUES ('hoe')"), std::string("UPDATE item SET sell_price = 3"),
              replace, std::string("UPDATE item SET name = 'axe'"), std::string("DELETE FROM item")})
            co_await base->script(sql);
        EXPECT_EQ(co_await cells("SELECT history_change, name FROM item_history ORDER BY history_id"),
                  "insert:hoe update:hoe update:axe delete:axe");
        EXPECT_EQ(co_await cell("SELECT count(*) FROM item_history WHERE history_to IS NULL"), "0");
        EXPECT_EQ(co_await cell("SELECT count(*) FROM item_history WHERE history_run IS NOT NULL" +
                                on(" OR length(history_from) <> 27", "")),
                  "0");
    });
}

TEST_P(history_test, as_of_shows_rows_and_what_they_refer_to_as_they_were) {
    in_database([&]() -> task<> {
        auto hoe = co_await create(item("hoe", 5));
        auto gate = item("gate", 1);
        gate.key = hoe.id;
        co_await save(gate);
        const auto then = clock.now();
        clock.advance(1h);
        hoe.name = "mattock";
        co_await save(hoe);
        const auto between = clock.now();
        clock.advance(1h);
        co_await remove(hoe);
        EXPECT_EQ(names(co_await as_of(then).query<Item>().order_by(f<&Item::id>).list()), (strings{"hoe", "gate"}));
        EXPECT_EQ(names(co_await as_of(between).query<Item>().where(f<&Item::key, &Item::name> == "mattock").list()),
                  (strings{"gate"}));
        EXPECT_EQ(names(co_await as_of(clock.now()).query<Item>().list()), (strings{"gate"}));
        EXPECT_TRUE((co_await as_of(then - 1h).query<Item>().list()).empty());
    });
}

TEST_P(history_test, changes_of_created_and_modified_times_alone_make_no_version) {
    in_database([&]() -> task<> {
        co_await create(item("hoe", 5));
        co_await base->script("UPDATE item SET modified_at = '2030-01-01T00:00:00.000000Z'");
        EXPECT_EQ(co_await cell("SELECT count(*) FROM item_history"), "1");
    });
}

TEST_P(history_test, a_model_without_history_says_so) {
    in_database([&]() -> task<> {
        bool as_of_refused = false, log_refused = false;
        try {
            co_await as_of(clock.now()).query<Everything>().list();
        } catch (const error&) {
            as_of_refused = true;
        }
        try {
            co_await history_of<Everything>(1);
        } catch (const error&) {
            log_refused = true;
        }
        EXPECT_TRUE(as_of_refused && log_refused);
    });
}
