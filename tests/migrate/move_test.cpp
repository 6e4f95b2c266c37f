#include "migrate/move.hpp"

#include "db/fault.hpp"
#include "migrate/support.hpp"
#include "model/shop.hpp"

namespace croft::migrations {

namespace {

struct moving : ::testing::Test {
    virtual_clock clock{*parse_time("2026-03-01T00:00:00Z"), true};
    std::vector<std::string> told;

    static wishes wanted() {
        wishes all{{&model<croft_migration>()}, {}};
        for (const auto* one : all_models())
            if (one != all.own.front()) all.models.push_back(one);
        return all;
    }

    struct pair {
        std::unique_ptr<db::database> from, to;
    };

    template <class F>
    void with_both(F body) {
        auto outer = [&]() -> task<> {
            pair both{co_await db::database::open("sqlite::memory:"),
                      co_await db::database::open("sqlite::memory:", {.check_references = false})};
            runtime::scoped_local<db::database*> local(&runtime::inherited::database, both.from.get());
            co_await make_tables(both.from.get(), all_models());
            history::attach(*both.from);
            co_await fill();
            co_await body(&both);
            co_await both.from->close();
            co_await both.to->close();
        };
        run(outer(), clock);
    }

    static task<> fill() {
        for (int i = 0; i < 25; ++i) co_await create(shop::item("item " + std::to_string(i), i));
        co_await query<Item>().where(f<&Item::sell_price> < 5).update(set<&Item::sell_price>(100));
        co_await query<Item>().where(f<&Item::sell_price> == 24).remove();  // its key is never given out again
        co_await create(RecipeItem{.item = 3, .ingredient = 1});
        co_await create(Everything{.yes = false, .real = 0.1, .raw = {std::byte{0}, std::byte{255}}, .maybe = true});
        auto first = co_await get<Item>(1);
        first.key = 20;  // refers forward
        co_await save(first);
    }

    task<std::vector<moved_table>> move_all(pair* both, std::size_t batch = 7) {
        const auto all = wanted();
        const program none({});
        co_return co_await migrations::move(both->from.get(), both->to.get(), &all, &none,
                                            {batch, [this](std::string_view line) { told.emplace_back(line); }});
    }
    task<std::string> refusal(pair* both) {
        std::string said;
        try {
            co_await move_all(both);
        } catch (const error& e) {
            said = e.what();
        }
        co_return said;
    }
    static task<std::string> cell(db::database* in, std::string sql) {
        const auto rows = co_await in->read(db::statement{std::move(sql)});
        co_return rows.empty() ? "(no row)" : croft::to_text(rows.at(0, 0).to_value());
    }
};

}  // namespace

TEST_F(moving, brings_rows_history_references_counters_and_triggers) {
    with_both([&](pair* both) -> task<> {
        const auto moved = co_await move_all(both);
        for (auto& one : moved) {
            if (one.name == "item") EXPECT_EQ(one.rows, 24);
            if (one.name == "item_history") EXPECT_EQ(one.rows, 25 + 5 + 1 + 1);
        }
        auto* to = both->to.get();
        const auto all = wanted();
        const program none({});
        EXPECT_TRUE((co_await look(to, &all, &none, {})).done()) << "it has the program's shape";
        EXPECT_EQ(co_await cell(to, "SELECT key FROM item WHERE id = 1"), "20");
        EXPECT_EQ(co_await cell(to, "SELECT count(*) FROM sqlite_master WHERE name = 'croft_move'"), "0");
        co_await to->write({"INSERT INTO item (name) VALUES ('new')"});
        EXPECT_EQ(co_await cell(to, "SELECT id FROM item WHERE name = 'new'"), "26");
        EXPECT_EQ(co_await cell(to, "SELECT count(*) FROM item_history WHERE id = 26"), "1");
        EXPECT_EQ(told.back(), "counts and checksums of all tables agree");
    });
}

TEST_F(moving, goes_on_after_an_interruption_at_any_batch) {
    for (int stop = 1; stop < 12; ++stop)
        with_both([&](pair* both) -> task<> {
            int count = 0;
            db::set_fault_hook([&](std::string_view sql) {
                if (sql.starts_with("INSERT INTO \"") && sql.find("?2") != sql.npos && ++count == 7 * stop)
                    throw error("pulled the plug");
            });
            const auto said = co_await refusal(both);
            db::set_fault_hook({});
            if (!said.empty()) {
                EXPECT_NE(said.find("pulled the plug"), said.npos) << said;
                co_await move_all(both);
                EXPECT_EQ(told.front().find("going on") == 0 || told.size() > 1, true);
            }
            EXPECT_EQ(co_await cell(both->to.get(), "SELECT count(*) FROM item"), "24");
            EXPECT_EQ(co_await cell(both->to.get(), "SELECT count(*) FROM item_history"), "32");
        });
}

TEST_F(moving, refuses_a_target_that_holds_other_data) {
    with_both([&](pair* both) -> task<> {
        co_await both->to->script("CREATE TABLE mine (id INTEGER)");
        const auto said = co_await refusal(both);
        EXPECT_NE(said.find("the target isn't empty (it has the table mine)"), said.npos) << said;
    });
}

TEST_F(moving, finds_what_differs_at_the_end) {
    with_both([&](pair* both) -> task<> {
        int count = 0;
        db::set_fault_hook([&](std::string_view sql) {
            if (sql.starts_with("INSERT INTO \"item_history") && ++count == 10) throw error("pulled the plug");
        });
        co_await refusal(both);
        db::set_fault_hook({});
        co_await both->from->write({"UPDATE item SET type = 'other' WHERE id = 2"});
        const auto said = co_await refusal(both);
        EXPECT_NE(said.find("item has other values in the target"), said.npos) << said;
        EXPECT_NE(said.find("Begin again, with an empty target"), said.npos) << said;
    });
}

}  // namespace croft::migrations
