// A statement for a database: its text and what is bound to its placeholders.
//
//     db::statement{"SELECT name FROM item WHERE id = ?1", {std::int64_t{42}}}
//
// Placeholders are the engine's own: ?1, ?2 … on SQLite, $1, $2 … on PostgreSQL; who builds SQL asks the dialect. Keep
// the text of a statement that runs often the same each time: connections keep prepared statements by their text.
#pragma once

#include <string>
#include <vector>

#include "croft/value.hpp"

namespace croft::db {

struct statement {
    std::string sql;
    std::vector<value> params{};
};

}  // namespace croft::db
