// A database: where reads, writes and transactions go. Engines implement `database` and `session` (session.hpp).
//
//     auto base = co_await db::database::open("sqlite:almanac.db");
//     auto rows = co_await base->read({"SELECT name FROM item WHERE id = ?1", {std::int64_t{42}}});
//     co_await base->transaction([&]() -> task<> { co_await base->write({"DELETE FROM item"}); });
//
// Inside a transaction everything goes to its connection, in the order of the calls. Outside, reads run beside each
// other and beside a writer and see what was committed; each write is a transaction of its own. Writers take turns,
// first come, first served. Cancelling a task that waits here is always safe: a read is stopped and thrown away, a
// transaction rolled back before the next one begins; a single write that has begun may or may not be stored.
//
// Everything here belongs to the thread of the loop on which the database was opened; it must be gone before the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "croft/db_error.hpp"
#include "croft/task.hpp"
#include "croft/transaction.hpp"
#include "db/row_set.hpp"
#include "db/statement.hpp"

namespace croft::db {

class session;

enum class engine : std::uint8_t { sqlite, postgres };

/// What a row of write_many() did: nothing, as the same row was there; or which of the two halves of an upsert.
enum class row_effect : std::uint8_t { unchanged, inserted, updated };

struct options {
    /// Connections (SQLite: and threads) that read at the same time; opened when first needed.
    std::size_t readers = 4;
    /// How long to wait for another process that holds a lock.
    duration busy_timeout = 5s;
    /// How long one statement may take; zero: as long as it likes.
    duration statement_timeout = 0s;
    /// Waits for the disk at every commit. Without it a crash of the program or the system's kill loses nothing that
    /// was committed, but a power cut may lose the last few transactions (never the file's consistency).
    bool survive_power_cut = false;
    /// Prepared statements kept by each connection.
    std::size_t cached_statements = 256;
};

class database {
public:
    /// Opens "sqlite:path", "sqlite::memory:" (private, gone at close) or a bare path; makes the file where there is
    /// none. Throws storage_error when it can't be opened or is no database, config_error for a URL of another kind.
    static task<std::unique_ptr<database>> open(std::string url, options settings = {});

    database() = default;
    database(const database&) = delete;
    database& operator=(const database&) = delete;
    virtual ~database() = default;

    virtual engine kind() const noexcept = 0;
    /// As it was given to open(), but without a password.
    virtual const std::string& url() const noexcept = 0;
    /// Finishes what is under way, then closes. Afterwards everything throws db::error.
    virtual task<> close() = 0;

    /// One statement that changes nothing (else: statement_error).
    task<row_set> read(statement query);
    /// Several in one go, all of the same state of the database.
    task<std::vector<row_set>> read(std::vector<statement> queries);
    /// One statement; with RETURNING it has rows.
    task<row_set> write(statement change);
    /// One statement for many rows: `params` holds `width` values for each, row by row. All are written or, when one
    /// fails, none, also within a transaction that goes on. Tells what each row did; the statement is an INSERT with or
    /// without ON CONFLICT DO UPDATE … WHERE (something differs), or an UPDATE, on a table with an integer key.
    task<std::vector<row_effect>> write_many(std::string sql, std::vector<value> params, std::size_t width);
    /// Several statements without parameters, separated by semicolons: schema changes.
    task<> script(std::string sql);
    /// Runs `body` in a transaction (see croft/transaction.hpp); within another of the same database: in a savepoint.
    task<> transaction(std::function<task<>()> body, transaction_options options = {});

    /// Whether the running task is in a transaction of this database.
    bool in_transaction() const { return enclosing() != nullptr; }

    /// Statements for the start and the end of every transaction, also of single writes: `on_begin` is called when one
    /// begins, in its task, and its statements run first; `on_commit` runs right before COMMIT. Savepoints have none.
    void set_context(std::function<std::vector<statement>()> on_begin, std::vector<statement> on_commit);

protected:
    /// Waits for a connection that may write.
    virtual task<std::shared_ptr<session>> lease(transaction_options options) = 0;
    /// Reads outside of any transaction.
    virtual task<std::vector<row_set>> read_outside(std::vector<statement> queries) = 0;

private:
    task<std::shared_ptr<session>> begin(transaction_options options);
    task<> outermost(std::function<task<>()> body, transaction_options options);
    std::shared_ptr<transaction_state> enclosing() const;

    std::function<std::vector<statement>()> on_begin_;
    std::shared_ptr<const std::vector<statement>> on_commit_;
};

/// The database of the running task. Throws croft::error outside of an app.
database& current();

}  // namespace croft::db
