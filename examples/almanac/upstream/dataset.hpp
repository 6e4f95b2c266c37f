// The data the site is about: minecraft-data's files, found by version and resource. A file is read when it is first
// asked for, kept, and read anew when it has changed on disk.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "document.hpp"

namespace upstream {

struct dataset_options {
    std::filesystem::path data;           // minecraft-data's folder "data"; 1.21.11's foods get a broken row
    std::filesystem::path data_override;  // <version>/<resource>.json here goes before the package's; may be empty
    std::vector<std::string> versions;    // which to publish, oldest first; empty: the thirteen of default_versions()
};

/// Thirteen versions that all have items, blocks and recipes of their own and together tell the game's history.
const std::vector<std::string>& default_versions();

class dataset {
public:
    /// Throws std::runtime_error when `data` is not minecraft-data, or doesn't hold one of the versions.
    explicit dataset(dataset_options options);

    const std::vector<std::string>& versions() const { return options_.versions; }
    bool has_version(const std::string& version) const { return resources_.contains(version); }

    /// [{"name", "protocol", "resources"}, …], oldest first.
    document_ptr version_list();
    /// Nothing when the version or the resource is unknown.
    document_ptr resource(const std::string& version, const std::string& resource);

private:
    struct cached {
        std::filesystem::path path;
        std::filesystem::file_time_type written;
        std::uintmax_t size;
        document_ptr content;
    };
    std::optional<std::filesystem::path> find_file(const std::string& version, const std::string& resource) const;

    dataset_options options_;
    std::map<std::string, std::map<std::string, std::string>> resources_;  // version → resource → folder in data
    std::map<std::string, std::string> protocols_;                         // version → protocol number
    document_ptr version_list_;
    std::map<std::string, cached> cache_;
};

}  // namespace upstream
