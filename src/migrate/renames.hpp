// The renamings that models declare (renamed_from): which of them are still to be done, and where. Any thread.
#pragma once

#include <functional>

#include "migrate/differ.hpp"

namespace croft::migrations {

/// Whether there is a table and, unless `column` is empty, a column of it.
using name_test = std::function<bool(const std::string& table, const std::string& column)>;
name_test names_in(const schema& of);

/// The declared renamings whose old name is `there` and whose new one isn't: tables, with those of their pairs, then
/// columns. Throws config_error naming the model whose old name another one has or claims.
std::vector<renaming> declared_renames(const std::vector<const model_info*>& models, const name_test& there);

/// `of` as it was before these renamings.
schema undone(schema of, const std::vector<renaming>& renames);

}  // namespace croft::migrations
