#include <algorithm>
#include <limits>

#include "migrate/support.hpp"

namespace croft::migrations {

namespace {

operations shop() {
    return {
        create_table{"item",
                     {id(), text("name").max(80), text("type").initial("it's \"new\"\n"),
                      integer32("price").initial(-5), decimal("tax", 2).initial(number("0.19", 2)),
                      date("since").nullable(), enumeration("rarity", {"common", "rare"}).initial("rare"),
                      boolean("hidden").initial(true), reference("key", "item", croft::on_delete::set_null).nullable(),
                      created_at("created_at"), modified_at("modified_at")}},
        add_unique{"item", {"name"}},
        add_index{"item", {"type", descending("price")}, {.where = "price > 0"}},
        add_check{"item", "price_is_sane", "price < 1000000"},
        keep_history{"item", {"modified_at"}},
        create_table{"recipe", {reference("item", "item").key(), reference("part", "item").key(), integer16("count")}},
    };
}

/// What only the versions of each table hold.
std::string versions_in(const schema& of) {
    std::string out;
    for (auto& [name, one] : of.tables()) {
        out += name + (one.history_ended ? " ended:" : one.history ? " kept:" : ":");
        std::vector<std::string> past;
        for (auto& column : one.past) past.push_back(to_cpp(add_column{name, column}));
        std::ranges::sort(past);
        for (auto& column : past) out += " " + column;
        out += "\n";
    }
    return out;
}

std::string refusal(const operations& steps, schema from) {
    try {
        made_by(steps, from);
    } catch (const error& e) {
        return e.what();
    }
    return "";
}

}  // namespace

TEST(migration_text, an_infinite_default_is_cpp_too) {
    const auto infinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(text_of({add_column{"item", real("most").initial(infinity)},
                       add_column{"item", real("least").initial(-infinity)}}),
              "add_column(\"item\", real(\"most\").initial(std::numeric_limits<double>::infinity()))\n"
              "add_column(\"item\", real(\"least\").initial(-std::numeric_limits<double>::infinity()))\n");
}

TEST(migration_text, a_file_reads_like_this) {
    EXPECT_EQ(file_text("0001_initial", shop()), R"(#include <croft/migration.hpp>

CROFT_MIGRATION("0001_initial",
    create_table("item", {
        id(),
        text("name").max(80),
        text("type").initial("it's \"new\"\n"),
        integer32("price").initial(-5),
        decimal("tax", 2).initial(number("0.19", 2)),
        date("since").nullable(),
        enumeration("rarity", {"common", "rare"}).initial("rare"),
        boolean("hidden").initial(true),
        reference("key", "item", set_null).nullable(),
        created_at("created_at"),
        modified_at("modified_at"),
    }),
    add_unique("item", {"name"}),
    add_index("item", {"type", descending("price")}, {.where = "price > 0"}),
    add_check("item", "price_is_sane", "price < 1000000"),
    keep_history("item", {"modified_at"}),
    create_table("recipe", {
        reference("item", "item").key(),
        reference("part", "item").key(),
        integer16("count"),
    }));
)");
}

TEST(migration_text, operations_that_change_read_like_this) {
    EXPECT_EQ(
        text_of({add_column{"item", real("weight").nullable()}, add_column{"item", reference("owner", "user").fill(1)},
                 drop_column{"item", "weight"}, rename_column{"item", "name", "title"}, rename_table{"item", "thing"},
                 alter_column{"thing", integer64("price").fill(0)}, drop_unique{"thing", {"title"}},
                 drop_index{"thing", {"type"}}, end_history{"thing"}, drop_history{"thing"}, drop_table{"thing"},
                 sql{"UPDATE thing SET a = 1"}, sql{{"a", "b"}, {{"c", ""}}}}),
        R"(add_column("item", real("weight").nullable())
add_column("item", reference("owner", "user").fill(1))
drop_column("item", "weight")
rename_column("item", "name", "title")
rename_table("item", "thing")
alter_column("thing", integer64("price").fill(0))
drop_unique("thing", {"title"})
drop_index("thing", {"type"})
end_history("thing")
drop_history("thing")
drop_table("thing")
sql("UPDATE thing SET a = 1")
sql({"a", "b"}, {"c", ""})
)");
}

TEST(migration_text, what_changes_changes_the_hash) {
    const operations one{add_column{"item", integer32("price")}},
        other{add_column{"item", integer32("price").initial(1)}};
    EXPECT_EQ(hash_of(one), hash_of(one));
    EXPECT_NE(hash_of(one), hash_of(other));
    EXPECT_EQ(hash_of(one), "1f574c173f96cc8c")
        << "the hash is kept in databases: it may never change for the same operations";
}

TEST(differ, a_table_where_the_history_of_another_is_kept_is_refused) {
    model_info kept{model<croft_migration>()}, other{model<croft_migration>()};
    kept.table = "item";
    other.table = "item_history";
    EXPECT_EQ(schema_of({&kept, &other}).tables().size(), 2u);
    kept.has_history = true;
    EXPECT_THROW(schema_of({&kept, &other}), config_error);
}

TEST(differ, from_nothing_to_a_schema_are_the_operations_that_made_it) {
    EXPECT_EQ(text_of(compare({}, made_by(shop())).operations), text_of(shop()));
    EXPECT_TRUE(compare(made_by(shop()), made_by(shop())).operations.empty());
}

TEST(differ, tables_that_refer_to_each_other_are_made_in_an_order_that_works) {
    schema goal;
    goal.add({.name = "a", .columns = {id(), reference("b", "b")}});
    goal.add({.name = "b", .columns = {id(), reference("c", "c")}});
    goal.add({.name = "c", .columns = {id(), reference("a", "a").nullable()}});
    const auto there = compare({}, goal);
    EXPECT_EQ(text_of(there.operations), R"(create_table("c", {
        id(),
    })
create_table("b", {
        id(),
        reference("c", "c"),
    })
create_table("a", {
        id(),
        reference("b", "b"),
    })
add_column("c", reference("a", "a").nullable())
)");
    const auto back = compare(goal, {});
    EXPECT_EQ(text_of(back.operations), R"(drop_column("c", "a")
drop_table("a")
drop_table("b")
drop_table("c")
)");
}

TEST(differ, each_kind_of_change_becomes_its_operation) {
    auto goal = made_by(shop());
    auto& item = goal.at("item");
    std::erase_if(item.columns, [](auto& c) { return c.name == "since"; });
    item.columns.push_back(real("weight").nullable());
    *item.find("price") = integer64("price");
    *item.find("tax") = decimal("tax", 2).nullable();
    item.uniques.clear();
    item.indexes.front().where.clear();
    item.checks.clear();
    item.history = names{};
    goal.tables().erase("recipe");
    const auto found = compare(made_by(shop()), goal);
    EXPECT_EQ(text_of(found.operations), R"(drop_unique("item", {"name"})
drop_index("item", {"type", descending("price")}, {.where = "price > 0"})
drop_check("item", "price_is_sane")
drop_column("item", "since")
alter_column("item", integer64("price"))
alter_column("item", decimal("tax", 2).nullable())
add_column("item", real("weight").nullable())
add_index("item", {"type", descending("price")})
keep_history("item")
drop_table("recipe")
)");
    EXPECT_EQ(found.destroys, (std::vector<std::string>{"item.since is dropped", "the table recipe is dropped"}));
}

TEST(differ, what_becomes_required_says_what_rows_that_have_null_get) {
    auto goal = made_by(shop());
    *goal.at("item").find("since") = date("since").initial(day("2026-01-01"));
    EXPECT_EQ(text_of(compare(made_by(shop()), goal).operations),
              "alter_column(\"item\", date(\"since\").initial(day(\"2026-01-01\")).fill(day(\"2026-01-01\")))\n");
    *goal.at("item").find("since") = date("since").nullable();
    goal.at("item").columns.push_back(reference("owner", "item"));
    const auto found = compare(made_by(shop()), goal);
    ASSERT_EQ(found.problems.size(), 1u);
    EXPECT_NE(found.problems.front().find("item.owner is new and required"), std::string::npos)
        << found.problems.front();
    EXPECT_NE(found.problems.front().find("--fill item.owner=KEY"), std::string::npos) << found.problems.front();
    EXPECT_EQ(text_of(compare(made_by(shop()), goal, {.fills = {{"item.owner", std::int64_t{7}}}}).operations),
              "add_column(\"item\", reference(\"owner\", \"item\").fill(7))\n");
}

TEST(differ, a_renaming_is_suspected_and_once_decided_keeps_constraints_and_history) {
    auto goal = made_by(shop());
    auto& item = goal.at("item");
    item.find("name")->name = "title";
    item.uniques = {{"title"}};
    EXPECT_EQ(possible_renames(made_by(shop()), goal), (std::vector<renaming>{{"item", "name", "title"}}));
    EXPECT_EQ(text_of(compare(made_by(shop()), goal, {.renames = {{"item", "name", "title"}}}).operations),
              "rename_column(\"item\", \"name\", \"title\")\n");
    auto dear = made_by(shop());
    dear.at("item").find("price")->name = "cost";
    dear.at("item").indexes = {{{"type", descending("cost")}, "cost > 0", false}};
    dear.at("item").checks = {{"price_is_sane", "cost < 1000000"}};
    EXPECT_EQ(text_of(compare(made_by(shop()), dear, {.renames = {{"item", "price", "cost"}}}).operations),
              R"(drop_index("item", {"type", descending("price")}, {.where = "price > 0"})
drop_check("item", "price_is_sane")
rename_column("item", "price", "cost")
add_index("item", {"type", descending("cost")}, {.where = "cost > 0"})
add_check("item", "price_is_sane", "cost < 1000000")
)") << "conditions are SQL, and name columns";
    EXPECT_EQ(possible_renames(made_by(shop()), dear, {.renames = {{"item", "price", "cost"}}}),
              std::vector<renaming>{});
    auto moved = made_by({rename_table{"recipe", "recipe_part"}}, made_by(shop()));
    EXPECT_EQ(possible_renames(made_by(shop()), moved), (std::vector<renaming>{{"recipe", "", "recipe_part"}}));
    EXPECT_EQ(text_of(compare(made_by(shop()), moved, {.renames = {{"recipe", "", "recipe_part"}}}).operations),
              "rename_table(\"recipe\", \"recipe_part\")\n");
}

TEST(differ, every_operation_is_undone_by_its_inverse) {
    const operations all{
        add_column{"item", real("weight").nullable()},
        rename_column{"item", "name", "title"},
        drop_unique{"item", {"title"}},
        drop_column{"item", "since"},
        drop_index{"item", {"type", descending("price")}, {.where = "price > 0"}},
        alter_column{"item", integer64("price").nullable()},
        drop_check{"item", "price_is_sane"},
        drop_column{"item", "rarity"},
        end_history{"item"},
        drop_column{"item", "key"},
        forget_column{"item", "rarity"},
        keep_history{"item", {"modified_at"}},
        end_history{"item"},
        drop_history{"item"},
        keep_history{"item"},
        drop_column{"item", "tax"},
        end_history{"item"},
        drop_table{"recipe"},
        rename_table{"item", "thing"},
        create_table{"tag", {id(), text("name")}},
        keep_history{"tag"},
        add_index{"tag", {"name"}},
        drop_table{"thing"},
    };
    auto now = made_by(shop());
    for (auto& step : all) {
        const auto back = inverse(step, now);
        ASSERT_TRUE(back) << to_cpp(step);
        EXPECT_TRUE(back->problems.empty()) << back->problems.front();
        auto after = made_by({step}, now);
        const auto again = made_by(back->operations, after);
        EXPECT_EQ(text_of(compare(again, now).operations) + text_of(compare(now, again).operations), "")
            << to_cpp(step);
        EXPECT_EQ(versions_in(again), versions_in(now)) << to_cpp(step);
        now = after;
    }
    EXPECT_FALSE(inverse(sql{"UPDATE item SET price = 1"}, now)) << "nobody said how it is undone";
}

TEST(differ, what_rows_get_is_a_value_of_the_column_or_refused) {
    schema goal = made_by(shop());
    for (auto& one : {decimal("toll", 2), boolean("sold"), date("born"), text("code")})
        goal.at("item").columns.push_back(one);
    const known said{{}, {{"item.toll", "5"}, {"item.sold", "1"}, {"item.born", "2026-03-01"}, {"item.code", "7"}}};
    EXPECT_EQ(text_of(compare(made_by(shop()), goal, said).operations),
              R"(add_column("item", decimal("toll", 2).fill(number("5.00", 2)))
add_column("item", boolean("sold").fill(true))
add_column("item", date("born").fill(day("2026-03-01")))
add_column("item", text("code").fill("7"))
)");
    const auto wrong =
        compare(made_by(shop()), goal, {{}, {{"item.toll", "5.555"}, {"item.sould", "1"}, {"item.name", "x"}}})
            .problems;
    ASSERT_EQ(wrong.size(), 3u);
    EXPECT_TRUE(wrong[0].starts_with("--fill item.toll: item.toll: \"5.555\" is not a number of at most")) << wrong[0];
    EXPECT_EQ(wrong[1], "--fill item.name: there is no such column that is new or becomes required");
    EXPECT_EQ(wrong[2], "--fill item.sould: there is no such column that is new or becomes required");
}

TEST(differ, a_type_without_a_meaning_in_the_other_is_refused_with_the_way_round) {
    const auto from = made_by({create_table{"item", {id(), bytes("code")}}});
    const auto goal = made_by({create_table{"item", {id(), text("code")}}});
    EXPECT_EQ(compare(from, goal).problems,
              std::vector<std::string>{"item.code was bytes and would be text, and no value of one is a value of the "
                                       "other: give the new one another name, fill it in a migration's data(), then "
                                       "drop the old one"});
}

TEST(replay, a_default_is_a_value_of_the_column) {
    const auto made = made_by({create_table{"item", {id(), decimal("price", 2).initial(5), real("weight").initial(1)}},
                               add_column{"item", date("since").initial("2026-03-01")}});
    EXPECT_EQ(made.find("item")->find("price")->initial_value, value(decimal_value{500, 2}));
    EXPECT_EQ(made.find("item")->find("weight")->initial_value, value(1.0));
    EXPECT_EQ(made.find("item")->find("since")->initial_value, day("2026-03-01").held);
    EXPECT_EQ(to_cpp(add_column{"item", decimal("price", 2).initial(5)}),
              "add_column(\"item\", decimal(\"price\", 2).initial(5))")
        << "as it is written, which the hash is taken of";
    EXPECT_THROW(made_by({create_table{"item", {id(), decimal("price", 2).initial("much")}}}), error);
}

TEST(replay, what_is_not_there_is_refused_by_name) {
    const auto from = made_by(shop());
    EXPECT_EQ(refusal({drop_column{"itm", "name"}}, from),
              "there is no table \"itm\" at this point; did you mean \"item\"?");
    EXPECT_EQ(refusal({rename_column{"item", "nam", "x"}}, from),
              "table item has no column \"nam\" at this point; did you mean \"name\"?");
    EXPECT_EQ(refusal({drop_column{"item", "name"}}, from),
              "item.name is part of a unique constraint: drop_unique(\"item\", {\"name\"}) first");
    EXPECT_EQ(refusal({drop_table{"item"}}, from), "recipe.item refers to the table item: drop that column first");
    EXPECT_EQ(refusal({add_column{"item", text("name")}}, from), "table item has a column name already");
    EXPECT_EQ(refusal({drop_column{"item", "id"}}, from), "item.id is the primary key: it can't be dropped");
    EXPECT_EQ(refusal({rename_column{"item", "price", "cost"}}, from),
              "an index's condition speaks of item.price: drop_index(\"item\", {\"type\", descending(\"price\")}, "
              "{.where = \"price > 0\"}) first");
    EXPECT_EQ(refusal({forget_column{"item", "since"}}, from),
              "the history of item has no dropped column \"since\" at this point");
    EXPECT_EQ(refusal({drop_column{"item", "since"}, add_column{"item", integer32("since")}}, from),
              "the history of item has versions of an earlier column since of another type: choose another name, or "
              "forget_column(\"item\", \"since\") first");
}

}  // namespace croft::migrations
