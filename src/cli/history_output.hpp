// How the history commands show rows and changes: for people, or as JSON. Main thread.
#pragma once

#include <functional>

#include "cli/command.hpp"
#include "croft/history.hpp"
#include "croft/json.hpp"

namespace croft::cli {

json as_json(const value& v);
json as_json(const row_change& change);

/// A line a change and one for what it changed, or an array of objects; `named`: each with the row it is about.
void print_changes(const std::vector<row_change>& changes, bool named, bool as_json);
/// Columns, aligned; what is longer than 40 characters is cut.
void print_table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows);

/// The model by its name. Throws command_error when it keeps no history.
const model_info& model_with_history(const std::string& name);
/// That one, or all that keep one.
std::vector<const model_info*> models_with_history(const std::optional<std::string>& name);

/// Runs `body` in an app whose database is there and in shape, and closes it.
void in_existing(const context& now, std::function<task<>()> body);

}  // namespace croft::cli
