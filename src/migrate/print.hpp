// Operations and migrations as the C++ that makes them. It is what makemigrations writes, and what an applied
// migration's hash is taken of. Any thread.
#pragma once

#include <span>

#include "migrate/schema.hpp"

namespace croft::migrations {

/// `add_column("item", integer32("price"))`. Lines after the first are indented as in a migration's file.
std::string to_cpp(const operation& step);

/// "integer32": the function that makes such a column.
std::string_view function_of(const column& of);

/// The whole file of a migration.
std::string file_text(std::string_view name, std::span<const operation> operations);

/// 16 hex digits over the operations; over data() only that it is there and whether it can be undone.
std::string hash_of(std::span<const operation> operations);

/// "text" as C++ writes it.
std::string cpp_text(std::string_view text);

}  // namespace croft::migrations
