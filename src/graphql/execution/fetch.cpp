#include "graphql/execution/fetch.hpp"

#include <fmt/format.h>

#include <utility>

#include "model/rows.hpp"
#include "model/sql.hpp"

namespace croft::graphql {

namespace {

using level = std::vector<const plan_node*>;

/// The distinct keys that the parent's rows hold for this node.
std::vector<croft::value> keys_for(const plan_node& node, const std::vector<node_rows>& done) {
    std::vector<croft::value> keys;
    by_key<bool> seen;
    const auto& model = *node.parent->type->model;
    const auto& field = model.fields[node.parent->columns[node.parent_slot]];
    const auto& parents = done[node.parent->index].rows;
    for (std::size_t i = 0; i < parents.size(); ++i) {
        const auto cell = parents.at(i, node.parent_slot);
        const auto again = [&] { return parents.size() > 1 && std::exchange(seen[cell], true); };
        if (!cell.is_null() && !again()) keys.push_back(cell_value(model, field, cell));
    }
    return keys;
}

db::statement statement_for(const plan_node& node, std::vector<croft::value> keys, db::engine engine) {
    auto what = node.what;
    if (!node.parent) {
        if (!what.limit) what.limit = most_rows + 1;
        return model_sql::select(what, node.columns, engine);
    }
    const bool one_parent = keys.size() == 1;
    // One key is looked up in an index, and its rows come in the order of their ids by themselves.
    const auto how = one_parent ? comparison::equal : comparison::in;
    auto mine = condition::compare({what.model, {node.columns[0]}}, how, std::move(keys));
    what.where = std::move(mine) && std::move(what.where);
    if ((what.limit || what.offset > 0) && !one_parent)
        return model_sql::select_in_groups(what, node.columns, node.columns[0], engine);
    if (!what.limit) what.limit = most_related_rows + 1;
    return model_sql::select(what, node.columns, engine);
}

void check_length(const plan_node& node, std::size_t rows) {
    if (node.what.limit) return;
    const auto most = node.parent ? most_related_rows : most_rows;
    if (rows > static_cast<std::size_t>(most))
        throw graphql_failure{
            {.message = fmt::format(
                 "the list has more than {} rows{}", most,
                 node.type->paged ? ": ask for a page of it, with pagination: {limit, offset}" : ": filter it"),
             .path = {node.name}}};
}

void index(const plan_node& node, node_rows& into) {
    check_length(node, into.rows.size());
    if (!node.parent) return;
    for (std::uint32_t i = 0; i < into.rows.size(); ++i) {
        const auto key = into.rows.at(i, 0);
        if (node.many)
            into.by_parent[key].push_back(i);
        else
            into.by_id[key] = i;
    }
}

}  // namespace

task<std::vector<node_rows>> fetch(const plan* what, db::database* base) {
    std::vector<node_rows> done(what->nodes);
    level now;
    for (const auto& root : what->roots)
        if (root.node) now.push_back(root.node.get());
    while (!now.empty()) {
        std::vector<db::statement> statements;
        level asked, next;
        for (const auto* node : now) {
            std::vector<croft::value> keys;
            if (node->parent) keys = keys_for(*node, done);
            if (node->parent && keys.empty()) continue;
            statements.push_back(statement_for(*node, std::move(keys), base->kind()));
            asked.push_back(node);
        }
        if (asked.empty()) break;
        auto answers = co_await base->read(std::move(statements));
        for (std::size_t i = 0; i < asked.size(); ++i) {
            auto& rows = done[asked[i]->index];
            rows.rows = std::move(answers[i]);
            index(*asked[i], rows);
            for (const auto& child : asked[i]->children) next.push_back(child.get());
        }
        now = std::move(next);
    }
    co_return done;
}

}  // namespace croft::graphql
