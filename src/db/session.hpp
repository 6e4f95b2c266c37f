// A connection in the hands of one transaction: what an engine implements, and nobody but database.cpp calls.
#pragma once

#include "db/database.hpp"

namespace croft::db {

/// What the statements of a call may do.
enum class access : std::uint8_t { read, write };
/// Whether the transaction goes on after a call or is committed in the same go (one round trip for a single write).
enum class then : std::uint8_t { stay, commit };

/// What every transaction starts and ends with.
struct context {
    std::vector<statement> on_begin;
    std::shared_ptr<const std::vector<statement>> on_commit;  // may be null
};

/// What write_many() writes: either a text for one row, or an insertion.
struct many_rows {
    std::string sql;  // empty: `into`
    insertion into;
    std::vector<value> params;
    std::size_t width;
};

struct written_rows {
    std::vector<row_effect> effects;
    std::vector<std::int64_t> keys;  // where the insertion asks for them
};

/// Calls run in the order in which they were made. A call that is cancelled may run nevertheless.
class session {
public:
    session() = default;
    session(const session&) = delete;
    session& operator=(const session&) = delete;
    /// Does what release() does.
    virtual ~session() = default;

    /// Before the first statement: BEGIN and `around.on_begin` go out together with that.
    virtual void surround(context around) = 0;

    virtual task<std::vector<row_set>> execute(std::vector<statement> statements, access allowed, then after) = 0;
    virtual task<written_rows> execute_many(many_rows rows, then after) = 0;
    virtual task<> execute_script(std::string sql, then after) = 0;
    virtual task<> commit() = 0;

    /// Savepoints are numbered from 1, by how deep they lie.
    virtual task<> set_savepoint(unsigned depth) = 0;
    virtual task<> release_savepoint(unsigned depth) = 0;
    /// Undoes all since set_savepoint(depth). Doesn't wait for it; harmless when there is none.
    virtual void undo_savepoint(unsigned depth) noexcept = 0;

    /// Gives the connection back. What was not committed is rolled back before anybody else gets it. Doesn't wait for
    /// that; a second time it does nothing. Nothing may be called afterwards but undo_savepoint(), which is ignored.
    virtual void release() noexcept = 0;
};

}  // namespace croft::db
