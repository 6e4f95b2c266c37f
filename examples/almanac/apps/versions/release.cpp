#include "apps/versions/release.hpp"

#include <sstream>

#include "apps/versions/api.hpp"

namespace {

croft::task<std::pair<std::string, croft::json>> fetch(std::string version, std::string resource) {
    auto answer = co_await api.get("/api/" + version + "/" + resource);
    co_return {resource, std::move(answer).json()};
}

}  // namespace

const croft::json& Release::operator[](const std::string& resource) const {
    static const croft::json none = croft::json::array({});
    const auto found = resources.find(resource);
    return found == resources.end() ? none : found->second;
}

croft::task<Release> fetch_release(Version version) {
    std::vector<croft::task<std::pair<std::string, croft::json>>> requests;
    std::istringstream names(version.resources);
    for (std::string name; names >> name;) requests.push_back(fetch(version.name, name));
    auto answers = co_await croft::all(std::move(requests));
    co_return Release{std::move(version), {answers.begin(), answers.end()}};
}

names_by_id::names_by_id(const Release& release) {
    for (const auto* list : {"items", "blocks"})  // where both have an id, the item is meant
        for (const auto& row : release[list].array()) names_.emplace(row["id"].integer(), row["name"].text());
}

std::string names_by_id::operator()(std::int64_t id) const {
    const auto found = names_.find(id);
    return found == names_.end() ? "#" + std::to_string(id) : found->second;
}
