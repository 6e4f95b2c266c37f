// All data of a program from one database to another, of either engine: rows, history, and Croft's own tables.
//
// The target is new, or holds what an interrupted move has brought so far. Its tables are made without references,
// indexes and triggers, so that the copy is no history of its own; filled in batches in the order of the primary key,
// each a transaction, so that another attempt goes on after the last row that is there; then completed. At the end
// every table is read on both sides and compared. Nobody may write to the source meanwhile: what changes is found by
// that comparison. Memory is bounded by a batch. Loop thread only.
#pragma once

#include <functional>

#include "migrate/migrator.hpp"

namespace croft::migrations {

struct move_options {
    std::size_t batch = 500;                          // rows, at most; fewer where they are large
    std::function<void(std::string_view)> tell = {};  // progress, for people: one line
    croft::duration tell_every = std::chrono::seconds(2);
};

struct moved_table {
    std::string name;
    std::int64_t rows = 0;
    std::uint64_t checksum = 0;  // over typed values, in the order of the primary key: the same on every engine
    friend bool operator==(const moved_table&, const moved_table&) = default;
};

/// `to` must have been opened with options::check_references off. A second time, when all has arrived, it only
/// compares. Throws croft::error: the source isn't in the program's shape, the target holds other data, the tables
/// differ at the end.
task<std::vector<moved_table>> move(db::database* from, db::database* to, const wishes* wanted, const program* with,
                                    move_options options = {});

}  // namespace croft::migrations
