// What the almanac makes of the real data, version by version, in a database in memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>

#include "apps/drops/rows.hpp"
#include "apps/recipes/rows.hpp"
#include "apps/versions/store.hpp"
#include "croft/history.hpp"
#include "db/database.hpp"
#include "history/history.hpp"
#include "migrate/migrator.hpp"
#include "runtime/loop.hpp"

namespace {

using namespace croft;
using testing::ElementsAre;
using testing::HasSubstr;

json read_json(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) throw error("can't read " + path + ": run scripts/setup first");
    return json::parse(text.str(), path);
}

Release release_of(const std::string& name) {
    const std::string data = ALMANAC_DATA;
    static const json paths = read_json(data + "/dataPaths.json");
    Release release;
    release.version.name = name;
    for (const auto* resource :
         {"items", "blocks", "recipes", "foods", "entities", "biomes", "enchantments", "entityLoot", "blockLoot"})
        if (const auto* folder = paths["pc"][name].find(resource))
            release.resources[resource] = read_json(data + "/" + folder->text() + "/" + resource + ".json");
    return release;
}

task<> migrate(db::database* base) {
    co_await migrations::make_tables(base, all_models());
    history::attach(*base);
}

void with_database(std::function<task<>()> body) {
    auto all = [&]() -> task<> {
        auto base = co_await db::database::open("sqlite::memory:");
        runtime::scoped_local current(&runtime::inherited::database, base.get());
        co_await migrate(base.get());
        co_await body();
        co_await base->close();
    };
    run(all());
}

std::vector<std::string> names_in(const json& rows) {
    std::vector<std::string> names;
    for (const auto& row : rows.array()) names.push_back(row["name"].text());
    return names;
}

Release small_release(const char* resources) {
    Release release;
    for (const auto& [name, content] : json::parse(resources).object()) release.resources[name] = content;
    return release;
}

TEST(recipes, a_shaped_recipe_is_told_by_what_lies_where) {
    const auto tables = reshape_recipes(small_release(R"({
        "items": [{"id": 1, "name": "oak_planks"}, {"id": 2, "name": "stick"}, {"id": 3, "name": "oak_sign"}], "blocks": [],
        "recipes": {"3": [{"inShape": [[1, 1, 1], [1, 1, 1], [null, 2, null]], "result": {"id": 3, "count": 3}}]}})"));
    EXPECT_EQ(tables.recipes, json::parse(R"([{"result": "oak_sign", "quantity": 3, "shaped": true, "name":
        "oak_sign x3 <- oak_planks oak_planks oak_planks / oak_planks oak_planks oak_planks / - stick -"}])"));
    EXPECT_THAT(tables.ingredients.array(), testing::SizeIs(2));
    EXPECT_EQ(tables.ingredients[0]["item"].text(), "oak_planks");
    EXPECT_EQ(tables.ingredients[0]["quantity"].integer(), 6);
}

TEST(recipes, a_shapeless_recipe_is_the_same_in_whatever_order_it_comes) {
    const auto one = reshape_recipes(small_release(R"({
        "items": [{"id": 1, "name": "b"}, {"id": 2, "name": "a"}],
        "recipes": {"1": [{"ingredients": [1, 2], "result": {"id": 1, "count": 1}}]}})"));
    const auto other = reshape_recipes(small_release(R"({
        "items": [{"id": 1, "name": "b"}, {"id": 2, "name": "a"}],
        "recipes": {"1": [{"ingredients": [2, 1], "result": {"id": 1, "count": 1}}]}})"));
    EXPECT_THAT(names_in(one.recipes), ElementsAre("b x1 <- a + b"));
    EXPECT_EQ(one.recipes, other.recipes);
}

TEST(recipes, varieties_of_one_item_are_told_apart_by_their_metadata) {
    const auto tables = reshape_recipes(small_release(R"({
        "items": [{"id": 5, "name": "planks"}, {"id": 280, "name": "stick"}],
        "recipes": {"280": [
            {"inShape": [[{"id": 5, "metadata": 0}], [{"id": 5, "metadata": 2}]],
             "result": {"id": 280, "metadata": 0, "count": 4}}]}})"));
    EXPECT_THAT(names_in(tables.recipes), ElementsAre("stick x4 <- planks / planks:2"));
    EXPECT_EQ(tables.ingredients, json::parse(R"([{"recipe": "stick x4 <- planks / planks:2",
                                                   "item": "planks", "quantity": 2}])"));
}

TEST(drops, loot_tables_go_before_what_a_block_says_itself) {
    const auto rows = reshape_drops(small_release(R"({
        "items": [{"id": 1, "name": "coal"}],
        "blocks": [{"id": 7, "name": "coal_ore", "drops": [1]}],
        "blockLoot": [{"block": "coal_ore", "drops": [
            {"item": "coal", "dropChance": 0.5, "stackSizeRange": [1, 2], "noSilkTouch": true}]}],
        "entityLoot": [{"entity": "zombie", "drops": [
            {"item": "iron_ingot", "dropChance": 0.25, "stackSizeRange": [null, 1], "playerKill": true}]}]})"));
    EXPECT_THAT(names_in(rows), ElementsAre("block coal_ore -> coal x1-2 (no silk touch)",
                                            "entity zombie -> iron_ingot x?-1 (player kill)"));
}

TEST(drops, before_there_were_loot_tables_blocks_say_what_they_drop) {
    const auto rows = reshape_drops(small_release(R"({
        "items": [{"id": 318, "name": "flint"}, {"id": 4, "name": "cobblestone"}, {"id": 351, "name": "dye"}],
        "blocks": [{"id": 13, "name": "gravel", "drops": [{"drop": 318, "minCount": 0.1}]},
                   {"id": 1, "name": "stone", "drops": [4]},
                   {"id": 21, "name": "lapis_ore", "drops": [{"drop": {"id": 351, "metadata": 4},
                                                              "minCount": 4, "maxCount": 8}]}]})"));
    EXPECT_THAT(names_in(rows), ElementsAre("block gravel -> flint x1", "block stone -> cobblestone x1",
                                            "block lapis_ore -> dye x4-8"));
    EXPECT_EQ(rows[0]["chance"].number(), 0.1);
}

std::size_t rejected_of(const std::vector<load_report>& reports) {
    std::size_t count = 0;
    for (const auto& report : reports) {
        std::set<std::size_t> rows;  // one may have several reasons
        for (const auto& one : report.rejected) rows.insert(one.row);
        count += rows.size();
    }
    return count;
}

std::string all_rejected(const std::vector<load_report>& reports) {
    std::string all;
    for (const auto& report : reports)
        for (const auto& one : report.rejected) all += "\n" + report.model->name + ", " + one.describe();
    return all;
}

TEST(a_release, of_every_version_is_stored_whole_but_for_a_few_rows_that_name_what_does_not_exist) {
    with_database([]() -> task<> {
        // Twins among the entities of old, blocks that have no item, and loot tables from before two blocks were
        // renamed.
        const std::map<std::string, std::size_t> rejected{{"1.8", 36},   {"1.12.2", 38}, {"1.13.2", 13}, {"1.20.6", 3},
                                                          {"1.21.4", 3}, {"1.21.11", 4}, {"26.1", 4}};
        for (const auto* name : {"1.8", "1.12.2", "1.13.2", "1.14.4", "1.15.2", "1.16.5", "1.17.1", "1.18.2", "1.19.4",
                                 "1.20.6", "1.21.4", "1.21.11", "26.1"}) {
            const auto reports = co_await store(release_of(name));
            EXPECT_EQ(rejected_of(reports), rejected.contains(name) ? rejected.at(name) : 0)
                << name << all_rejected(reports);
            for (const auto& report : reports) EXPECT_EQ(report.removal_refused, 0) << name << report.describe();
        }
    });
}

TEST(a_release, that_is_stored_again_changes_nothing) {
    with_database([]() -> task<> {
        co_await store(release_of("1.12.2"));
        auto again = release_of("1.12.2");
        again.version = co_await query<Version>().one();
        for (const auto& report : co_await store(std::move(again))) EXPECT_EQ(report.written(), 0) << report.describe();
    });
}

TEST(a_release, that_would_nearly_empty_a_table_is_refused_as_a_whole) {
    with_database([]() -> task<> {
        co_await store(release_of("1.12.2"));
        const auto before = co_await query<Recipe>().count();
        auto broken = release_of("1.13.2");
        broken.resources["items"] = json::array({});
        std::string refused;
        try {
            co_await store(std::move(broken));
        } catch (const error& e) {
            refused = e.what();
        }
        EXPECT_THAT(refused, testing::AllOf(HasSubstr("1.13.2: Item: "), HasSubstr("410 of 410 rows")));
        EXPECT_EQ(co_await query<Recipe>().count(), before);
        EXPECT_EQ(co_await query<Version>().where(f<&Version::name> == "1.13.2").count(), 0);
    });
}

}  // namespace
