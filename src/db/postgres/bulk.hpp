// Many rows in one statement: each column travels as an array, and unnest() makes rows of them again.
#pragma once

#include <memory>
#include <span>
#include <unordered_map>

#include "db/postgres/failure.hpp"
#include "db/session.hpp"

namespace croft::db::postgres {

constexpr std::size_t rows_a_batch = 500;

/// Asks for the types of the columns that are written, in their order.
statement ask_for_types(const insertion& what);

/// The statement for a batch; its placeholders are one array a column. With a key it gives (n, fresh) for each of its
/// rows: n counts from 1; fresh is true for an inserted row, false for an updated one and null for one left as it was.
std::string batch_sql(const insertion& what, const std::vector<std::string>& types);

/// The batch that begins at row `from`: it ends after rows_a_batch rows, or before one whose key is there already, as
/// one statement can't touch a row twice. Gives the row after its last.
std::size_t end_of_batch(const many_rows& rows, std::size_t from);

/// One array a column, of the rows [from, until).
std::vector<value> arrays_of(const many_rows& rows, std::size_t from, std::size_t until, const place& where);

/// " RETURNING …" where the insertion asks for keys, else nothing.
std::string returning_key(const insertion& what);

/// The keys of a batch, in the order of its rows: the database numbers them so, but RETURNING promises no order.
void add_keys(std::vector<std::int64_t>& to, const row_set& answer);

/// What the rows of a batch did.
void note_effects(std::span<row_effect> effects, const many_rows& rows, std::size_t from, const row_set& answer);

}  // namespace croft::db::postgres
