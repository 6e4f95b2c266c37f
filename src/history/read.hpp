// Reading versions: shared by history_of, changes_between, changes_of_run and revert. Internal to history.
#pragma once

#include <functional>
#include <span>

#include "croft/history.hpp"
#include "model/sql.hpp"

namespace croft::history {

/// Writes the condition that chooses versions; columns are written after the alias.
using chosen_versions = std::function<void(model_sql::builder& out, std::string_view alias)>;

/// The versions of the row with this key. Throws croft::error when it has too many or too few values.
chosen_versions with_key(const model_info& model, std::vector<value> key);
/// The versions of the rows with these keys: no more than keys_a_query at once, as each value is bound.
chosen_versions with_one_of(const model_info& model, std::span<const std::vector<value>> keys);
inline constexpr std::size_t keys_a_query = 200;

/// The versions chosen, oldest first, each compared with the one before it.
task<std::vector<row_change>> read_changes(const model_info* model, chosen_versions chosen);

/// Fills in what differs between `before` and `row`.
void compare_versions(row_change& change);

}  // namespace croft::history
