// Reads a plan's rows: level by level, all statements of a level in one go.
#pragma once

#include <unordered_map>

#include "db/database.hpp"
#include "graphql/execution/plan.hpp"

namespace croft::graphql {

/// The rows of one node, and which belong to which parent.
struct node_rows {
    db::row_set rows;
    std::unordered_map<std::int64_t, std::vector<std::uint32_t>> by_parent;  // lists
    std::unordered_map<std::int64_t, std::uint32_t> by_id;                   // forward references
};

/// By plan_node::index. Throws db::error, and graphql_failure where a list is too long.
task<std::vector<node_rows>> fetch(const plan* what, db::database* base);

}  // namespace croft::graphql
