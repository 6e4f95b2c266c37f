// What the columns of a program without migrations hold, where SQLite's catalogue doesn't say: its INTEGER is a number,
// its hundredths or a duration, its TEXT a date or a name. It is noted in croft_migration (state "kinds"), so that a
// model that would read what is there as something else is refused. Loop thread only.
#pragma once

#include "migrate/shape.hpp"

namespace croft::migrations {

/// Column ("item.price") -> what it holds ("decimal(2)").
using kinds = std::map<std::string, std::string>;

kinds kinds_of(const schema& of);

/// Those that were noted; none on PostgreSQL, whose types say it.
task<kinds> read_kinds(db::database* base, const shape* there);

/// Notes these, besides those of other columns.
task<> note_kinds(db::database* base, kinds all);

/// Why `wanted` can't be read in a database of which these are noted.
std::vector<std::string> misread(const kinds& noted, const schema& wanted);

}  // namespace croft::migrations
