#include "apps/versions/changes.hpp"

#include <croft/load.hpp>
#include <croft/sql.hpp>

using namespace croft;

namespace {

struct counted {
    std::string change;
    std::int64_t rows = 0;
};

}  // namespace

task<> count_changes(Version version) {
    std::vector<VersionChange> all;
    for (const std::string table :
         {"item", "block", "recipe", "recipe_ingredient", "food", "entity", "drop", "biome", "enchantment"}) {
        auto& one = all.emplace_back(VersionChange{.version = version, .table = table});
        const auto counts = co_await sql<counted>("SELECT history_change AS change, count(*) AS rows FROM " + table +
                                                      "_history WHERE history_note = ? GROUP BY history_change",
                                                  version.name)
                                .list();
        for (const auto& [change, rows] : counts)
            (change == "insert"   ? one.added
             : change == "update" ? one.changed
                                  : one.removed) = static_cast<std::int32_t>(rows);
    }
    co_await load<VersionChange>(std::move(all));
}
