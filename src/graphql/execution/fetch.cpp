#include "graphql/execution/fetch.hpp"

#include <fmt/format.h>

#include <utility>

#include "model/rows.hpp"
#include "model/sql.hpp"
#include "model/value_hash.hpp"

namespace croft::graphql {

namespace {

using level = std::vector<const plan_node*>;

class fetcher {
public:
    fetcher(const plan& what, const json_object& variables, db::engine engine)
        : engine_(engine), varied_(what.nodes), as_of_(what.nodes), done_(what.nodes) {
        for (const auto& root : what.roots)
            if (root.node) vary(*root.node, variables);
    }

    /// What asks for the node's rows. None where no row above could have any.
    std::optional<db::statement> statement(const plan_node& node) {
        as_of_[node.index] = node.parent ? as_of_[node.parent->index] : selected(node).as_of;
        if (!node.parent) return root_statement(node);
        auto keys = keys_for(node);
        if (keys.empty()) return std::nullopt;
        return child_statement(node, std::move(keys));
    }

    void take(const plan_node& node, db::row_set rows) {
        check_length(node, rows.size());
        const bool of_several = node.parent && done_[node.parent->index].rows().size() > 1;
        done_[node.index].take(std::move(rows), of_several);
    }

    std::vector<node_rows> finish() && { return std::move(done_); }

private:
    void vary(const plan_node& node, const json_object& variables) {
        if (node.vary) varied_[node.index] = node.vary(variables);
        for (const auto& child : node.children) vary(*child, variables);
    }

    const croft::selection& selected(const plan_node& node) const {
        const auto& varied = varied_[node.index];
        return varied ? *varied : node.what;
    }

    /// Whether the statement is the same for every request, but for the keys.
    bool can_be_kept(const plan_node& node) const { return !node.vary && !as_of_[node.index]; }

    /// The distinct keys that the rows above hold for this node.
    std::vector<croft::value> keys_for(const plan_node& node) const {
        const auto& model = *node.parent->type->model;
        const auto column = node.parent->columns[node.parent_slot];
        const auto& above = done_[node.parent->index].rows();
        const bool all_differ = above.size() == 1 || (model.keys.size() == 1 && column == model.id);
        std::vector<croft::value> keys;
        key_list different;
        for (std::size_t i = 0; i < above.size(); ++i) {
            const auto cell = above.at(i, node.parent_slot);
            if (cell.is_null()) continue;
            auto key = cell_value(model, model.fields[column], cell);
            if (all_differ)
                keys.push_back(std::move(key));
            else
                different.add(std::move(key));
        }
        return all_differ ? keys : different.take();
    }

    db::statement root_statement(const plan_node& node) const {
        const bool keeps = can_be_kept(node);
        auto& kept = node.kept_for_one;
        if (keeps && kept && kept->engine == engine_) return kept->text;
        auto what = selected(node);
        if (!what.limit) what.limit = most_rows + 1;
        auto made = model_sql::select(what, node.columns, engine_);
        if (keeps) kept = {engine_, made};
        return made;
    }

    db::statement child_statement(const plan_node& node, std::vector<croft::value> keys) const {
        const bool one = keys.size() == 1;
        auto first = one ? keys.front() : model_sql::list_parameter(keys, engine_);
        const bool keeps = first && can_be_kept(node);
        auto& kept = one ? node.kept_for_one : node.kept_for_many;
        if (keeps && kept && kept->engine == engine_) {
            auto made = kept->text;
            made.params.front() = std::move(*first);
            return made;
        }
        auto made = made_for(node, std::move(keys));
        if (keeps && made.params.front() == *first) kept = {engine_, made};
        return made;
    }

    db::statement made_for(const plan_node& node, std::vector<croft::value> keys) const {
        auto what = selected(node);
        what.as_of = as_of_[node.index];
        const bool one = keys.size() == 1;
        // One key is looked up in an index, and its rows come in the order of their ids by themselves.
        auto mine = condition::compare({what.model, {node.columns[0]}}, one ? comparison::equal : comparison::in,
                                       std::move(keys));
        what.where = std::move(mine) && std::move(what.where);
        if ((what.limit || what.offset > 0) && !one)
            return model_sql::select_in_groups(what, node.columns, node.columns[0], engine_);
        if (!one && node.columns[0] != what.model->id) model_sql::order_first_by(what, node.columns[0]);
        if (!what.limit) what.limit = most_related_rows + 1;
        return model_sql::select(what, node.columns, engine_);
    }

    void check_length(const plan_node& node, std::size_t rows) const {
        if (selected(node).limit) return;
        const auto most = node.parent ? most_related_rows : most_rows;
        if (rows > static_cast<std::size_t>(most))
            throw graphql_failure{
                {.message = fmt::format(
                     "the list has more than {} rows{}", most,
                     node.type->paged ? ": ask for a page of it, with pagination: {limit, offset}" : ": filter it"),
                 .path = {node.name}}};
    }

    db::engine engine_;
    std::vector<std::optional<croft::selection>> varied_;  // by index of the node, as those below
    std::vector<std::optional<time_point>> as_of_;
    std::vector<node_rows> done_;
};

}  // namespace

void node_rows::take(db::row_set rows, bool found_by_key) {
    rows_ = std::move(rows);
    found_by_key_ = found_by_key;
    if (!found_by_key) return;
    next_.assign(rows_.size(), none);
    for (std::uint32_t i = 0; i < rows_.size(); ++i) {
        const auto key = rows_.at(i, 0);
        auto& own =
            key.type() == db::cell_type::integer ? by_number_[key.integer()] : by_text_[std::string(key.text())];
        (own.first == none ? own.first : next_[own.last]) = i;
        own.last = i;
    }
}

std::uint32_t node_rows::first(const db::cell_view& key) const {
    if (key.is_null() || rows_.empty()) return none;
    if (!found_by_key_) return 0;
    if (key.type() == db::cell_type::integer) {
        const auto at = by_number_.find(key.integer());
        return at == by_number_.end() ? none : at->second.first;
    }
    const auto at = by_text_.find(std::string(key.text()));
    return at == by_text_.end() ? none : at->second.first;
}

task<std::vector<node_rows>> fetch(const plan* what, const json_object* variables, db::database* base) {
    fetcher fetching(*what, *variables, base->kind());
    level now;
    for (const auto& root : what->roots)
        if (root.node) now.push_back(root.node.get());
    while (!now.empty()) {
        std::vector<db::statement> statements;
        level asked, next;
        for (const auto* node : now) {
            auto one = fetching.statement(*node);
            if (!one) continue;
            statements.push_back(std::move(*one));
            asked.push_back(node);
        }
        if (asked.empty()) break;
        auto answers = co_await base->read(std::move(statements));
        for (std::size_t i = 0; i < asked.size(); ++i) {
            fetching.take(*asked[i], std::move(answers[i]));
            for (const auto& child : asked[i]->children) next.push_back(child.get());
        }
        now = std::move(next);
    }
    co_return std::move(fetching).finish();
}

}  // namespace croft::graphql
