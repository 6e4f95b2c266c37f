#include <croft/every.hpp>
#include <croft/history.hpp>
#include <croft/log.hpp>

#include "apps/blocks/rows.hpp"
#include "apps/drops/rows.hpp"
#include "apps/entities/rows.hpp"
#include "apps/items/rows.hpp"
#include "apps/recipes/rows.hpp"
#include "apps/versions/api.hpp"
#include "apps/versions/release.hpp"
#include "apps/versions/rows.hpp"
#include "apps/world/rows.hpp"

using namespace croft;

namespace {

/// Each version is loaded as the new present state: what it doesn't have any more goes. Versions rename a lot (1.13 gave
/// most items other names, 1.20.6 lacks half of the recipes), but one that would empty a table is a broken answer.
const load_options present_state{.missing = missing::remove, .max_removed_share = 0.7};

/// All of a version or nothing of it: readers see the one before until this one is whole.
task<> store(Release release) {
    change_note note(release.version.name);  // in the histories of all that is written here
    const auto recipes = reshape_recipes(release);
    std::vector<load_report> reports;
    co_await transaction([&]() -> task<> {
        reports = {co_await load<Item>(item_rows.read(release["items"]), present_state),
                   co_await load<Block>(block_rows.read(release["blocks"]), present_state),
                   co_await load<Entity>(entity_rows.read(release["entities"]), present_state),
                   co_await load<Food>(food_rows.read(release["foods"]), present_state),
                   co_await load<Biome>(biome_rows.read(release["biomes"]), present_state),
                   co_await load<Enchantment>(enchantment_rows.read(release["enchantments"]), present_state),
                   co_await load<Recipe>(recipe_rows.read(recipes.recipes), present_state),
                   co_await load<RecipeIngredient>(ingredient_rows.read(recipes.ingredients), present_state),
                   co_await load<Drop>(drop_rows.read(reshape_drops(release)), present_state)};
        release.version.ingested_at = now();
        co_await save(release.version);
    });
}

stream<Version> new_versions() {
    for (auto& version : co_await query<Version>()
                             .where(f<&Version::ingested_at>.is_null())
                             .order_by(f<&Version::protocol>)
                             .list())
        co_yield std::move(version);
}

}  // namespace
