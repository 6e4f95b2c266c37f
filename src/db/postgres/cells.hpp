// What a result says, as cells (row_set.hpp), whatever the types of its columns.
//
//   boolean                     integer 0 or 1
//   smallint, integer, bigint   integer
//   real, double precision      real
//   timestamptz, timestamp      text, as croft::to_text gives it (a timestamp without zone is taken for UTC; infinity
//                               and years beyond 0000 to 9999 are the nearest moment inside)
//   bytea                       bytes
//   numeric, date, uuid, json, jsonb, text and all others: their text
#pragma once

#include <vector>

#include "db/postgres/libpq.hpp"
#include "db/row_set.hpp"

namespace croft::db::postgres {

enum class cell_kind : std::uint8_t { text, boolean, integer, real, bytes, time };

/// The columns of a statement: the same at each of its runs.
struct columns {
    row_set::names names;
    std::vector<cell_kind> kinds;
};

columns columns_of(const PGresult* result);
void add_rows(row_set& to, const PGresult* result, const columns& described);

/// PostgreSQL's "2026-03-01 00:00:00.5+00" as croft::to_text writes it.
std::string time_text(std::string_view text);

}  // namespace croft::db::postgres
