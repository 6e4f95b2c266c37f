// How the history commands show rows and changes: for people, or as JSON. Main thread.
#pragma once

#include <functional>

#include "cli/command.hpp"
#include "croft/history.hpp"
#include "croft/json.hpp"

namespace croft::cli {

json as_json(const value& v);
json as_json(const row_change& change);

/// A table with a line for each field that a change changed, or an array of objects; `named`: with the rows' names.
void print_changes(const std::vector<row_change>& changes, bool named, bool as_json);

/// The model by its name. Throws command_error when it keeps no history.
const model_info& model_with_history(const std::string& name);
/// That one, or all that keep one.
std::vector<const model_info*> models_with_history(const std::optional<std::string>& name);

/// Runs `body` in an app whose database is there and in shape, and closes it.
void in_existing(const context& now, std::function<task<>()> body);

}  // namespace croft::cli
