// Reads a plan's rows: level by level, all statements of a level in one go.
#pragma once

#include <limits>
#include <unordered_map>

#include "db/database.hpp"
#include "graphql/execution/plan.hpp"

namespace croft::graphql {

/// The rows of one node, and which belong to which row above.
class node_rows {
public:
    /// After the last one.
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    /// Takes the rows. Their first column is what they are found by, unless all belong to the only row above.
    void take(db::row_set rows, bool found_by_key);

    const db::row_set& rows() const noexcept { return rows_; }
    /// The first row that belongs to a row above which holds this key, and the one after.
    std::uint32_t first(const db::cell_view& key) const;
    std::uint32_t after(std::uint32_t row) const noexcept {
        if (found_by_key_) return next_[row];
        return row + 1 < rows_.size() ? row + 1 : none;
    }

private:
    struct ends {
        std::uint32_t first = none, last = none;
    };

    db::row_set rows_;
    bool found_by_key_ = false;
    std::unordered_map<std::int64_t, ends> by_number_;
    std::unordered_map<std::string, ends> by_text_;  // where the key is none
    std::vector<std::uint32_t> next_;
};

/// By plan_node::index, with what the request's variables say. Throws db::error, and graphql_failure where an argument
/// can't be used or a list is too long.
task<std::vector<node_rows>> fetch(const plan* what, const json_object* variables, db::database* base);

}  // namespace croft::graphql
