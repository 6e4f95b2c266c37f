#include "apps/versions/store.hpp"

#include <croft/history.hpp>

#include "apps/blocks/rows.hpp"
#include "apps/drops/rows.hpp"
#include "apps/entities/rows.hpp"
#include "apps/items/rows.hpp"
#include "apps/recipes/rows.hpp"
#include "apps/versions/changes.hpp"
#include "apps/world/rows.hpp"

using namespace croft;

namespace {

/// What a version doesn't have any more goes. Versions rename a lot (1.13 gave most items other names, 1.20.6 lacks
/// half of the recipes), but one that would nearly empty a table is a broken answer.
const load_options present_state{.missing = missing::remove, .max_removed_share = 0.7};

std::int32_t present(const load_report& report) {
    return static_cast<std::int32_t>(report.inserted + report.updated + report.unchanged);
}

}  // namespace

task<std::vector<load_report>> store(Release release) {
    change_note note(release.version.name);  // in the history of every row that is written here
    const auto recipes = reshape_recipes(release);
    co_return co_await transaction([&]() -> task<std::vector<load_report>> {
        std::vector reports{
            co_await load<Item>(release["items"], present_state),
            co_await load<Block>(block_rows.read(release["blocks"]), present_state),
            co_await load<Recipe>(recipe_rows.read(recipes.recipes), present_state),
            co_await load<RecipeIngredient>(ingredient_rows.read(recipes.ingredients), present_state),
            co_await load<Food>(food_rows.read(release["foods"]), present_state),
            co_await load<Entity>(entity_rows.read(release["entities"]), present_state),  // 1.12 lists some twice
            co_await load<Drop>(drop_rows.read(reshape_drops(release)), present_state),
            co_await load<Biome>(biome_rows.read(release["biomes"]), present_state),
            co_await load<Enchantment>(release["enchantments"], present_state)};
        for (const auto& report : reports)
            if (report.removal_refused) throw error(release.version.name + ": " + report.describe());
        auto& version = release.version;
        version.items = present(reports[0]), version.blocks = present(reports[1]),
        version.recipes = present(reports[2]);
        version.ingested_at = now();
        co_await save(version);
        co_await count_changes(version);
        co_return reports;
    });
}
