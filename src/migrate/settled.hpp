// Spares a start the comparison of the database with the models when both are what they were at the last one: what was
// found fine is noted in croft_migration (state "settled", its hash below), in the database itself. SQLite only, whose
// schema is cheap to read; on PostgreSQL nothing is ever settled. Loop thread only.
#pragma once

#include "db/database.hpp"

namespace croft::migrations {

/// A short name for this program, by the linker's build id, together with all that the database's schema and its
/// migrations say. Empty: not to be told (PostgreSQL, an empty database, a program without a build id).
task<std::string> settlement(db::database* base);

/// Whether it was noted, so that look() would find nothing to do if it were asked for what the program itself wants.
task<bool> is_settled(db::database* base, std::string settlement);

/// Notes it, instead of the one before. Call it when look() has found nothing to do.
task<> settle(db::database* base, std::string settlement);

}  // namespace croft::migrations
