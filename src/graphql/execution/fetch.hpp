// Reads a plan's rows: level by level, all statements of a level in one go.
#pragma once

#include <unordered_map>

#include "db/database.hpp"
#include "graphql/execution/plan.hpp"

namespace croft::graphql {

/// Something for each key: an integer, or the text that a cell of another type holds.
template <class T>
class by_key {
public:
    T& operator[](const db::cell_view& key) {
        return key.type() == db::cell_type::integer ? numbers_[key.integer()] : texts_[std::string(key.text())];
    }
    /// Null when there is nothing.
    const T* find(const db::cell_view& key) const {
        if (key.type() == db::cell_type::integer) return found(numbers_, key.integer());
        return found(texts_, std::string(key.text()));
    }

private:
    template <class Map, class Key>
    static const T* found(const Map& map, const Key& key) {
        const auto at = map.find(key);
        return at == map.end() ? nullptr : &at->second;
    }
    std::unordered_map<std::int64_t, T> numbers_;
    std::unordered_map<std::string, T> texts_;
};

/// The rows of one node, and which belong to which parent.
struct node_rows {
    db::row_set rows;
    by_key<std::vector<std::uint32_t>> by_parent;  // lists
    by_key<std::uint32_t> by_id;                   // single rows
};

/// By plan_node::index. Throws db::error, and graphql_failure where a list is too long.
task<std::vector<node_rows>> fetch(const plan* what, db::database* base);

}  // namespace croft::graphql
