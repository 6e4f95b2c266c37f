// Renamings that models declare: written as migrations, or made where there are none; rows and versions follow.
#include "migrate/renames.hpp"

#include "croft/link.hpp"
#include "croft/query.hpp"
#include "migrate/support.hpp"

namespace renamed {

struct Label {
    std::int64_t id = 0;
    std::string name;
};
CROFT_MODEL(Label, table("renamed_label"), unique<&Label::name>, renamed_from("mark"));

enum class kind { tool, food };

struct Thing {
    std::int64_t id = 0;
    std::string title;
    std::int32_t price = 0;
    kind sort = kind::tool;
    std::optional<croft::ref<Thing, "parts">> whole;
    croft::many<Label, "things"> labels;
};
CROFT_MODEL(Thing, table("renamed_thing"), unique<&Thing::title>, indexed<&Thing::price>.where("price > 0"),
            check("price", "price >= 0"), history(), renamed_from("OldThing"), renamed_from<&Thing::title>("label"),
            renamed_from<&Thing::title>("name"), renamed_from<&Thing::price>("cost"),
            renamed_from<&Thing::sort>("kind"), renamed_from<&Thing::whole>("parent"),
            renamed_from<&Thing::labels>("marks"));

}  // namespace renamed

namespace croft::migrations {

namespace {

using renamed::Label;
using renamed::Thing;

struct declared_renaming : fixture {};

std::vector<const model_info*> models() { return {&model<Label>(), &model<Thing>()}; }

operations before() {
    return {
        create_table{"mark", {id(), text("name")}},
        add_unique{"mark", {"name"}},
        create_table{"old_thing",
                     {id(), text("name"), integer32("cost"), enumeration("kind", {"tool", "food"}),
                      reference("parent", "old_thing").nullable()}},
        add_unique{"old_thing", {"name"}},
        add_index{"old_thing", {"cost"}, {.where = "cost > 0"}},
        add_check{"old_thing", "price", "cost >= 0"},
        keep_history{"old_thing"},
        create_table{"old_thing_marks", {reference("old_thing", "old_thing").key(), reference("mark", "mark").key()}},
        keep_history{"old_thing_marks"}};
}

difference written() {
    const auto then = made_by(before());
    return compare(then, schema_of(models()), {declared_renames(models(), names_in(then)), {}});
}

wishes both() { return {{&model<croft_migration>()}, models()}; }

/// Rows from before, two versions of one.
task<> fill(db::database* base) {
    co_await base->script(
        "INSERT INTO old_thing (id, name, cost) VALUES (1, 'cart', 5);"
        "INSERT INTO old_thing (id, name, cost, parent) VALUES (2, 'wheel', 1, 1);"
        "UPDATE old_thing SET cost = 7 WHERE id = 1;"
        "INSERT INTO mark (id, name) VALUES (1, 'wood');"
        "INSERT INTO old_thing_marks (old_thing, mark) VALUES (1, 1)");
}

std::string wrong(std::vector<::croft::detail::model_option> options) {
    static const Label initial{};
    try {
        ::croft::detail::describe(
            "Label", "label.hpp", 7, ::croft::detail::member_signature<Label>(), &::croft::detail::sample<Label>.object,
            ::croft::detail::member_addresses<Label>.data(), ::croft::detail::member_storage<Label>.data(),
            ::croft::detail::member_count<Label>, &initial, &model<Label>, std::move(options));
    } catch (const config_error& e) {
        return e.what();
    }
    return "";
}

std::string wrong(const model_info& a, const model_info& b) {
    try {
        declared_renames({&a, &b}, names_in({}));
    } catch (const config_error& e) {
        return e.what();
    }
    return "";
}

}  // namespace

CROFT_ON_EACH_ENGINE(declared_renaming);

TEST(declared_renamings, are_written_as_a_migration_that_loses_nothing) {
    EXPECT_EQ(text_of(written().operations), R"(rename_table("mark", "renamed_label")
rename_table("old_thing", "renamed_thing")
rename_table("old_thing_marks", "renamed_thing_labels")
rename_column("renamed_thing", "name", "title")
drop_index("renamed_thing", {"cost"}, {.where = "cost > 0"})
drop_check("renamed_thing", "price")
rename_column("renamed_thing", "cost", "price")
rename_column("renamed_thing", "kind", "sort")
rename_column("renamed_thing", "parent", "whole")
rename_column("renamed_thing_labels", "old_thing", "thing")
rename_column("renamed_thing_labels", "mark", "label")
add_index("renamed_thing", {"price"}, {.where = "price > 0"})
add_check("renamed_thing", "price", "price >= 0")
)");
    EXPECT_EQ(written().destroys, std::vector<std::string>{});
}

TEST(declared_renamings, do_nothing_once_they_are_made_or_where_the_old_name_never_was) {
    EXPECT_TRUE(declared_renames(models(), names_in(schema_of(models()))).empty());
    EXPECT_TRUE(declared_renames(models(), names_in({})).empty());
    auto both_there = schema_of(models());
    for (auto& [name, one] : made_by(before()).tables()) both_there.add(one);
    EXPECT_TRUE(declared_renames(models(), names_in(both_there)).empty());
}

TEST(declared_renamings, of_what_is_still_in_use_are_refused_with_model_and_place) {
    using enum ::croft::detail::option_kind;
    const auto id = offsetof(Label, id), name = offsetof(Label, name);
    EXPECT_EQ(wrong({{.kind = renamed_from, .offsets = {name}, .text = "title"}}), "");
    EXPECT_EQ(wrong({{.kind = renamed_from, .offsets = {name}, .text = "id"}}),
              "label.hpp:7: Label.name: it can't be renamed_from(\"id\"), which is still a column of this model");
    EXPECT_EQ(wrong({{.kind = renamed_from, .offsets = {id}, .text = "title"},
                     {.kind = renamed_from, .offsets = {name}, .text = "title"}}),
              "label.hpp:7: Label.name: it can't be renamed_from(\"title\"), as id says so too");
    model_info a{model<Label>()}, b{model<Thing>()};
    a.file = b.file = "models.hpp";
    a.line = 1, b.line = 2;
    EXPECT_EQ(wrong(a, b), "");
    b.renamed_from = {"RenamedLabel"};
    EXPECT_EQ(wrong(a, b),
              "models.hpp:2: Thing can't be renamed_from(\"renamed_label\"), which is still the table of Label "
              "(models.hpp:1)");
    b.renamed_from = {"Mark"};
    EXPECT_EQ(
        wrong(a, b),
        "models.hpp:2: Thing can't be renamed_from(\"mark\"), which is also the old name of Label (models.hpp:1)");
}

TEST_P(declared_renaming, takes_rows_versions_and_pairs_along_as_a_migration) {
    in_database([&]() -> task<> {
        co_await migrate(program_of({before()}));
        co_await fill(base);
        const auto wanted = both();
        const auto all = program_of({before(), written().operations});
        EXPECT_TRUE((co_await migrations::migrate(base, &wanted, &all, {.may = losing::nothing})).unsaid.empty());
        const auto none = program_of({});
        const auto rest = co_await migrations::look(base, &wanted, &none, {});
        EXPECT_TRUE(rest.done()) << to_text(rest.stages.front().steps.front());
        EXPECT_EQ(rest.remarks, std::vector<std::string>{});
        EXPECT_EQ(co_await rows("SELECT title, price FROM renamed_thing_history ORDER BY history_id"),
                  "\"cart\" 5\n\"wheel\" 1\n\"cart\" 7\n");
    });
}

TEST_P(declared_renaming, takes_rows_versions_and_pairs_along_in_a_program_without_migrations) {
    in_database([&]() -> task<> {
        co_await migrate(program_of({before()}));
        co_await base->write({"DELETE FROM croft_migration"});
        co_await fill(base);
        const auto done = co_await make_tables(base, models());
        EXPECT_EQ(done.stages.size(), 1u);
        EXPECT_EQ(done.remarks, std::vector<std::string>{});
        EXPECT_FALSE(co_await has_table("old_thing"));
        history::attach(*base);
        auto cart = co_await query<Thing>().where(f<&Thing::title> == "cart").one();
        EXPECT_EQ(cart.price, 7);
        EXPECT_EQ((co_await query<Thing>().where(f<&Thing::whole, &Thing::title> == "cart").one()).title, "wheel");
        EXPECT_EQ(co_await query<Thing>().where(any<&Thing::labels>(f<&Label::name> == "wood")).count(), 1);
        cart.price = 8;
        co_await save(cart);
        EXPECT_EQ(co_await rows("SELECT price FROM renamed_thing_history WHERE id = 1 ORDER BY history_id"),
                  "5\n7\n8\n");
        const auto again = co_await make_tables(base, models());
        EXPECT_TRUE(again.stages.empty()) << to_text(again.stages.front().steps.front());
        EXPECT_EQ(again.remarks, std::vector<std::string>{});
        std::string refused;
        try {
            co_await base->write({"UPDATE renamed_thing SET price = -1"});
        } catch (const db::error& e) {
            refused = e.what();
        }
        EXPECT_NE(refused.find("renamed_thing_price"), refused.npos) << refused;
    });
}

TEST_P(declared_renaming, is_made_where_the_first_migration_adopts_a_database) {
    in_database([&]() -> task<> {
        co_await migrate(program_of({before()}));
        co_await base->write({"DELETE FROM croft_migration"});
        co_await fill(base);
        const auto wanted = both();
        const auto first = program_of({compare({}, schema_of(models())).operations});
        const auto done = co_await migrations::migrate(base, &wanted, &first, {});
        EXPECT_EQ(done.stages.front().what, stage::kind::adopting);
        EXPECT_TRUE((co_await migrations::look(base, &wanted, &first, {})).done());
        EXPECT_EQ(co_await rows("SELECT title FROM renamed_thing ORDER BY id"), "\"cart\"\n\"wheel\"\n");
    });
}

}  // namespace croft::migrations
