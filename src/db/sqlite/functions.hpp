// The SQL functions that our own SQLite connections have, so that queries mean what they mean on PostgreSQL. No
// trigger, index or table of ours uses them: any other SQLite shell can read and write the file.
//
//   croft_add, croft_subtract, croft_multiply, croft_divide, croft_remainder(a, b)
//       of 64-bit integers, or of reals where one is; an overflow or a division by zero is an error
//   croft_within(number, least, greatest)           the number, or an error
//   croft_matches, croft_imatches(text, pattern)    text/regex.hpp
#pragma once

#include <sqlite3.h>

namespace croft::db::sqlite {

void add_functions(sqlite3* connection);

}  // namespace croft::db::sqlite
