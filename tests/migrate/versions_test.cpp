// Versions follow what migrations do to their table: what holds now is what the table says, and old versions stand in
// the way of nothing that rows may become.
#include "croft/history.hpp"
#include "history/check.hpp"
#include "migrate/support.hpp"

namespace croft::migrations {

namespace {

struct migrated_versions : fixture {
    operations first{
        create_table{"person", {id()}},
        create_table{"tag", {id(), text("name").max(10), integer32("size"), reference("owner", "person").nullable()}},
        keep_history{"tag"}};

    /// A tag that was changed once.
    task<> fill() {
        co_await migrate(program_of({first}));
        co_await base->script(
            "INSERT INTO person (id) VALUES (1); INSERT INTO tag (name, size) VALUES ('long name', 7);"
            "UPDATE tag SET name = 'short'");
    }
    task<> also(operations second) { co_await migrate(program_of({first, std::move(second)})); }

    /// Whether history check finds the rows and the versions that hold now the same.
    task<> expect_true(const operations& all) {
        const auto now = made_by(all);
        static std::vector<std::unique_ptr<described>> models;  // history remembers them by their place
        const auto& tag = *models.emplace_back(std::make_unique<described>(now, *now.find("tag")));
        runtime::scoped_local<db::database*> local(&runtime::inherited::database, base);
        EXPECT_EQ((co_await history::check(&tag.model())).findings(), std::vector<std::string>());
    }
};

}  // namespace

CROFT_ON_EACH_ENGINE(migrated_versions);

TEST_P(migrated_versions, what_history_leaves_out_can_change) {
    in_database([&]() -> task<> {
        co_await fill();
        co_await also({keep_history{"tag", {"size"}}});
        co_await base->write({"UPDATE tag SET size = 8"});
        EXPECT_EQ(co_await cell("SELECT count(*) FROM tag_history"), "2");
        co_await base->write({"UPDATE tag SET name = 'other'"});
        EXPECT_EQ(co_await cell("SELECT count(*) FROM tag_history"), "3");
        co_await migrate(program_of({first, {keep_history{"tag", {"size"}}}}), "1");
        co_await base->write({"UPDATE tag SET size = 9"});
        EXPECT_EQ(co_await cell("SELECT count(*) FROM tag_history"), "4");
    });
}

TEST_P(migrated_versions, that_hold_now_get_what_a_reference_gets_that_becomes_required) {
    in_database([&]() -> task<> {
        co_await fill();
        const operations second{alter_column{"tag", reference("owner", "person").fill(1)}};
        co_await also(second);
        EXPECT_EQ(co_await rows("SELECT owner FROM tag_history ORDER BY history_id"), "null\n1\n");
        auto all = first;
        all.insert(all.end(), second.begin(), second.end());
        co_await expect_true(all);
    });
}

TEST_P(migrated_versions, begin_again_where_a_dropped_column_comes_back) {
    in_database([&]() -> task<> {
        co_await fill();
        const operations second{drop_column{"tag", "size"}, add_column{"tag", integer32("size").initial(3)}};
        co_await also(second);
        EXPECT_EQ(co_await rows("SELECT size, history_change FROM tag_history ORDER BY history_id"),
                  "7 \"insert\"\n7 \"update\"\n3 \"baseline\"\n");
        auto all = first;
        all.insert(all.end(), second.begin(), second.end());
        co_await expect_true(all);
    });
}

TEST_P(migrated_versions, may_be_longer_than_rows) {
    in_database([&]() -> task<> {
        co_await fill();
        co_await also({alter_column{"tag", text("name").max(5)}});
        EXPECT_EQ(co_await cell("SELECT max(length(name)) FROM tag_history"), "9");
        co_await migrate(program_of({first, {alter_column{"tag", text("name").max(5)}}}), "1");
        co_await base->write({"UPDATE tag SET name = '0123456789'"});
        EXPECT_NE(co_await refusal(program_of({first, {alter_column{"tag", text("name").max(5)}}})), "")
            << "but rows may not";
    });
}

TEST_P(migrated_versions, that_were_limited_by_an_earlier_croft_are_no_more_once_their_column_changes) {
    in_database([&]() -> task<> {
        co_await fill();
        if (on_postgres()) {
            co_await base->script("ALTER TABLE tag_history ALTER COLUMN name TYPE character varying(10)");
        } else {
            co_await base->script(
                "PRAGMA writable_schema=ON; UPDATE sqlite_master SET sql = replace(sql, '\"name\" TEXT NOT NULL "
                "DEFAULT "
                "''''', '\"name\" TEXT NOT NULL DEFAULT '''' CHECK (length(name) <= 10)') WHERE name = 'tag_history'; "
                "PRAGMA writable_schema=RESET");
        }
        co_await also({alter_column{"tag", text("name").max(20)}});
        co_await base->write({"UPDATE tag SET name = '01234567890123456789'"});
        EXPECT_EQ(co_await cell("SELECT max(length(name)) FROM tag_history"), "20");
        co_await also({alter_column{"tag", text("name").max(20)}});
    });
}

}  // namespace croft::migrations
