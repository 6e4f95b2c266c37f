// What GraphQL answers when something is wrong (spec §7.1.2): a message, the places in the document, the path in the
// answer. A plain value.
//
//     graphql_error error{.message = "Cannot query field \"x\" on type \"Item\".", .locations = {{1, 3}}};
//     to_json(error).dump();   // {"message": …, "locations": [{"line": 1, "column": 3}]}
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "croft/json.hpp"
#include "graphql/language/location.hpp"

namespace croft::graphql {

/// A response key, or a list index.
using path_step = std::variant<std::string, std::size_t>;

struct graphql_error {
    std::string message;
    std::vector<location> locations{};
    std::vector<path_step> path{};
    bool operator==(const graphql_error&) const = default;
};

/// Without the parts that are empty.
json to_json(const graphql_error& error);
json to_json(const std::vector<graphql_error>& errors);

}  // namespace croft::graphql
