// Columns that are (part of) the primary key: what of them a migration can change, and what it refuses.
#include "migrate/support.hpp"

namespace croft::migrations {

namespace {

struct changed_keys : fixture {};

operations regions() {
    return {create_table{"region", {text("code").key().max(5)}},
            create_table{"visit",
                         {reference("region", "region").key(), enumeration("kind", {"day", "night"}).key(),
                          decimal("fee", 2).key(), integer32("count")}},
            keep_history{"region"}, keep_history{"visit"}};
}

schema with(const column& changed, const std::string& table = "visit") {
    auto made = made_by(regions());
    *made.at(table).find(changed.name) = changed;
    return made;
}

}  // namespace

CROFT_ON_EACH_ENGINE(changed_keys);

TEST(changes_of_keys, are_made_where_the_keys_that_are_there_stay_what_they_are) {
    const auto before = made_by(regions());
    for (auto& [table, wanted] : std::vector<std::pair<std::string, column>>{
             {"region", text("code").key().max(50)},
             {"visit", enumeration("kind", {"day", "night", "dusk"}).key()},
             {"visit", reference("region", "region", on_delete::restrict).key()}}) {
        const auto found = compare(before, with(wanted, table));
        EXPECT_TRUE(found.problems.empty()) << found.problems.front();
        ASSERT_EQ(found.operations.size(), 1u);
        EXPECT_EQ(std::get<alter_column>(found.operations.front()).column, wanted);
        EXPECT_NE(text_of(found.operations).find(".key()"), std::string::npos);
    }
}

TEST(changes_of_keys, are_refused_where_other_keys_would_come_of_it) {
    const auto before = made_by(regions());
    EXPECT_EQ(
        compare(before, with(decimal("fee", 4).key())).problems,
        names{"visit.fee is (or becomes) part of the primary key: a change of that, or of its type, isn't made by "
              "itself"});
    EXPECT_EQ(compare(before, with(decimal("fee", 2))).problems.size(), 1u);
    EXPECT_THROW(made_by({alter_column{"visit", decimal("fee", 4).key()}}, before), error);
}

TEST(changes_of_keys, to_another_table_ask_whether_the_rows_belong_to_that_under_a_new_name) {
    const operations pairs{create_table{"item", {id()}}, create_table{"tag", {id()}},
                           create_table{"item_tags", {reference("item", "item").key(), reference("tag", "tag").key()}}};
    auto goal = made_by(pairs);
    goal.add(*made_by({create_table{"thing", {id()}}}).find("thing"));
    const known renamed{{{"item", "", "thing"}}, {}};
    EXPECT_EQ(compare(made_by(pairs), goal, renamed).problems,
              names{"item_tags.item is part of the primary key and refers to thing, where the model says item: that "
                    "isn't made by itself. If these rows go on in another table, --rename item_tags=NEW says so"});
}

TEST_P(changed_keys, are_refused_where_no_migration_makes_them) {
    in_database([&]() -> task<> {
        const auto before = made_by(regions());
        auto visits = described(before, *before.find("visit")).model();
        visits.has_history = false;
        const auto region = described(before, *before.find("region"));
        visits.fields[0].target = model_link(region.model());
        co_await make_tables(base, {&region.model(), &visits});
        visits.fields[1].enumerators.push_back("dusk");
        const auto said =
            co_await test::failure_of<error>(test::dropped(make_tables(base, {&region.model(), &visits})));
        EXPECT_NE(said.find("table visit: what its key column kind may be has changed"), said.npos) << said;
    });
}

TEST_P(changed_keys, that_may_be_more_are_so_in_the_tables_that_refer_to_them_and_in_versions_too) {
    in_database([&]() -> task<> {
        const operations more{alter_column{"region", text("code").key().max(50)},
                              alter_column{"visit", enumeration("kind", {"day", "night", "dusk"}).key()},
                              alter_column{"visit", reference("region", "region", on_delete::restrict).key()}};
        const auto all = program_of({regions(), more});
        co_await migrate(all, "1");
        co_await base->script(
            "INSERT INTO region (code) VALUES ('north'); INSERT INTO visit (region, kind, fee) VALUES ('north', 'day', "
            "1)");
        const auto shape = co_await dump();
        co_await migrate(all);
        EXPECT_TRUE((co_await look(all)).done());
        co_await migrate(all, "1");
        EXPECT_EQ(co_await dump(), shape);
        co_await migrate(all);
        co_await base->script(
            "INSERT INTO region (code) VALUES ('north-west'); INSERT INTO visit (region, kind, fee) VALUES "
            "('north-west', 'dusk', 1)");
        EXPECT_EQ(co_await rows("SELECT region, kind FROM visit_history ORDER BY region"),
                  "\"north\" \"day\"\n\"north-west\" \"dusk\"\n");
        EXPECT_NE(co_await test::failure_of(base->script("DELETE FROM region")), "") << "restricted now";
    });
}

}  // namespace croft::migrations
