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
    /// A SELECT known to write nothing: read() need not have the database see to that.
    bool only_reads = false;
};

/// An INSERT of many rows into one table (database::write_many), which each engine writes in its fastest form.
struct insertion {
    std::string table;  // names as they are, without quotes
    std::vector<std::string> columns;
    std::vector<std::size_t> key{};  // places in `columns` of those that ON CONFLICT is about
    std::string on_conflict{};       // " ON CONFLICT (…) DO …", or nothing
    std::string returning{};         // for insert_many(): the integer key, which the database gives each row
    std::size_t first_row = 0;       // what errors add to a row's number, where these are some of many
};

/// INSERT INTO "item" ("name") VALUES ($1) …: for one row. `placeholder` is '?' on SQLite, '$' on PostgreSQL.
std::string one_row(const insertion& what, char placeholder);

}  // namespace croft::db
