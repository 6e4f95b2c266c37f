#include "dataset.hpp"

#include <simdjson.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace upstream {
namespace {

namespace fs = std::filesystem;

constexpr std::array resource_names{"items",  "blocks",       "recipes",    "foods",    "entities",
                                    "biomes", "enchantments", "entityLoot", "blockLoot"};

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) throw std::runtime_error("can't read " + path.string());
    return std::move(text).str();
}

std::time_t modified_at(const fs::path& path) {
    struct stat status{};
    return stat(path.c_str(), &status) == 0 ? status.st_mtime : 0;
}

/// As sites do, now and then: the last food of one version is none.
std::string with_broken_row(std::string foods) {
    const auto end = foods.rfind(']');
    return foods.substr(0, end) + R"(,{"id":-1,"name":"mystery_stew","foodPoints":"plenty","saturation":0.6}])";
}

std::string quoted(const std::string& text) { return '"' + text + '"'; }  // names of versions and resources are plain

}  // namespace

const std::vector<std::string>& default_versions() {
    static const std::vector<std::string> versions{"1.8",    "1.12.2",  "1.13.2", "1.14.4", "1.15.2",
                                                   "1.16.5", "1.17.1",  "1.18.2", "1.19.4", "1.20.6",
                                                   "1.21.4", "1.21.11", "26.1"};
    return versions;
}

dataset::dataset(dataset_options options) : options_(std::move(options)) {
    if (options_.versions.empty()) options_.versions = default_versions();
    const auto paths = options_.data / "dataPaths.json";
    if (!fs::exists(paths))
        throw std::runtime_error("no data in " + options_.data.string() + " (run `make setup`, or name it by --data)");
    simdjson::dom::parser parser;
    const simdjson::dom::element index = parser.load(paths.string());
    for (const auto& version : options_.versions) {
        simdjson::dom::object folders;
        if (index["pc"][version].get(folders)) throw std::runtime_error("the data has no version " + version);
        for (const auto& resource : resource_names)
            if (std::string_view folder; !folders[resource].get(folder)) resources_[version][resource] = folder;
        simdjson::dom::parser version_parser;
        const std::string_view folder = folders["version"];
        const std::int64_t protocol =
            version_parser.load((options_.data / folder / "version.json").string())["version"];
        protocols_[version] = std::to_string(protocol);
    }
}

document_ptr dataset::version_list() {
    if (version_list_) return version_list_;
    std::string text = "[";
    for (const auto& version : options_.versions) {
        std::string resources;
        for (const auto& resource : resource_names)  // in this order, not the map's
            if (resources_[version].contains(resource)) resources += (resources.empty() ? "" : ",") + quoted(resource);
        text += (text.size() > 1 ? ",\n{" : "\n{");
        text += R"("name":)" + quoted(version) + R"(,"protocol":)" + protocols_[version];
        text += R"(,"resources":[)" + resources + "]}";
    }
    return version_list_ =
               make_document("application/json", text + "\n]\n", modified_at(options_.data / "dataPaths.json"));
}

std::optional<fs::path> dataset::find_file(const std::string& version, const std::string& resource) const {
    const auto known = resources_.find(version);
    if (known == resources_.end() || std::ranges::find(resource_names, resource) == resource_names.end())
        return std::nullopt;
    if (const auto changed = options_.data_override / version / (resource + ".json");
        !options_.data_override.empty() && fs::exists(changed))
        return changed;
    const auto folder = known->second.find(resource);
    if (folder == known->second.end()) return std::nullopt;
    return options_.data / folder->second / (resource + ".json");
}

document_ptr dataset::resource(const std::string& version, const std::string& resource) {
    const auto path = find_file(version, resource);
    if (!path) return nullptr;
    const auto written = fs::last_write_time(*path);
    const auto size = fs::file_size(*path);
    auto& kept = cache_[version + '/' + resource];
    if (!kept.content || kept.path != *path || kept.written != written || kept.size != size) {
        auto text = read_file(*path);
        if (version == "1.21.11" && resource == "foods") text = with_broken_row(std::move(text));
        kept = {*path, written, size, make_document("application/json", std::move(text), modified_at(*path))};
    }
    return kept.content;
}

}  // namespace upstream
