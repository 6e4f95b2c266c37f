#pragma once

#include <croft/model.hpp>

/// A version of the game. The almanac shows the newest one that was ingested; the histories tell the rest.
struct Version {
    std::int64_t id = 0;
    std::string name;           // "1.21.11"
    std::int32_t protocol = 0;  // grows from release to release
    std::string resources;      // what the API has of it: "items blocks recipes"
    std::optional<croft::time_point> ingested_at;
    std::int32_t items = 0, blocks = 0, recipes = 0;  // how many it had
};
CROFT_MODEL(Version, unique<&Version::name>, indexed<&Version::protocol>, history());

/// How many rows of one table a version added, changed and removed.
struct VersionChange {
    std::int64_t id = 0;
    croft::ref<Version, "changes"> version;
    std::string table;  // "recipe_ingredient"
    std::int32_t added = 0, changed = 0, removed = 0;
};
CROFT_MODEL(VersionChange, unique<&VersionChange::version, &VersionChange::table>);
