// The table croft_migration: which migrations a database has. Loop thread only.
#pragma once

#include "migrate/program.hpp"
#include "migrate/shape.hpp"
#include "migrate/steps.hpp"

namespace croft::migrations {

struct applied_migration {
    std::string name, hash;
    bool begun = false;  // and not finished: one that runs outside of a transaction
    std::int64_t steps_done = 0;
};

/// In the order in which they were applied. `there` says whether the table is there at all.
task<std::vector<applied_migration>> read_applied(db::database* base, const shape* there);

/// Is there while a move (move.hpp) into this database is under way.
constexpr std::string_view move_table = "croft_move";
/// Says that a move into it was begun and hasn't come to its end. Empty: none was.
task<std::string> unfinished_move(db::database* base, const shape* there);

/// In the transaction that applies or undoes it.
task<> remember(db::database* base, applied_migration one, std::string sql);
task<> forget(db::database* base, std::string name);

/// In a transaction: until its end, nobody else migrates this database. SQLite's transactions are that lock.
task<> lock(db::database* base);

/// One that can't run in a transaction (PostgreSQL, indexes made concurrently): what is done is noted step by step, so
/// that it can go on where it was interrupted. Gives whether there was something to do: another process may have been
/// first. Throws croft::error naming the step that failed.
task<bool> perform_outside(db::database* base, std::vector<step> steps, const numbered* migration);

}  // namespace croft::migrations
