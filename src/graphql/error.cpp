#include "graphql/error.hpp"

namespace croft::graphql {

json to_json(const graphql_error& error) {
    json out = json::object({{"message", error.message}});
    if (!error.locations.empty()) {
        json places = json::array({});
        for (const location& each : error.locations)
            places.push_back(json::object({{"line", each.line}, {"column", each.column}}));
        out.set("locations", std::move(places));
    }
    if (!error.path.empty()) {
        json path = json::array({});
        for (const path_step& step : error.path)
            path.push_back(std::visit([](const auto& each) { return json(each); }, step));
        out.set("path", std::move(path));
    }
    return out;
}

json to_json(const std::vector<graphql_error>& errors) {
    json out = json::array({});
    for (const graphql_error& each : errors) out.push_back(to_json(each));
    return out;
}

}  // namespace croft::graphql
