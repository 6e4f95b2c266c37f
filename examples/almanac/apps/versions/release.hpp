#pragma once

#include <croft/json.hpp>
#include <croft/task.hpp>
#include <map>

#include "apps/versions/models.hpp"

/// All that the game's API says about one version, as it came.
struct Release {
    Version version;
    std::map<std::string, croft::json> resources;

    /// An empty array where this version has no such resource.
    const croft::json& operator[](const std::string& resource) const;
};

/// Asks for all resources of the version, several at a time. Throws what croft::http throws.
croft::task<Release> fetch_release(Version version);

/// Numeric ids are dealt anew by each version: they mean something only beside that version's own lists.
class names_by_id {
public:
    explicit names_by_id(const Release& release);
    /// "#17" where the version has no such id: the loader then sets the row aside and says so.
    std::string operator()(std::int64_t id) const;

private:
    std::map<std::int64_t, std::string> names_;
};
