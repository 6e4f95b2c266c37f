// All data of a program from one database to another, of either engine: rows, history, and Croft's own tables. The
// target is new or holds what an interrupted move has brought so far. Tables are made without references and triggers,
// filled in batches by primary key, then completed; at the end each table is read on both sides and compared. Memory is
// bounded by a batch. Nobody may write to the source meanwhile: what changes is found by the comparison. Loop thread
// only.
#pragma once

#include <functional>

#include "migrate/migrator.hpp"

namespace croft::migrations {

struct move_options {
    std::size_t batch = 500;                          // rows
    std::function<void(std::string_view)> tell = {};  // progress, for people: one line
};

struct moved_table {
    std::string name;
    std::int64_t rows = 0;
    std::uint64_t checksum = 0;  // over typed values, in the order of the primary key: the same on every engine
};

/// `to` must have been opened with options::check_references off. Throws croft::error: the source isn't in the
/// program's shape, the target holds other data, the tables differ at the end.
task<std::vector<moved_table>> move(db::database* from, db::database* to, const wishes* wanted, const program* with,
                                    move_options options = {});

}  // namespace croft::migrations
