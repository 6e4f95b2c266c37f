// A database: where reads, writes and transactions go. Engines implement `database` and `session` (session.hpp).
//
//     auto base = co_await db::database::open("sqlite:almanac.db");
//     auto rows = co_await base->read({"SELECT name FROM item WHERE id = ?1", {std::int64_t{42}}});  // PostgreSQL: $1
//     co_await base->transaction([&]() -> task<> { co_await base->write({"DELETE FROM item"}); });
//
// Inside a transaction everything goes to its connection, in the order of the calls. Outside, reads run beside each
// other and beside a writer and see what was committed; each write is a transaction of its own. On SQLite writers take
// turns, on PostgreSQL everybody takes turns at the pool's connections: first come, first served. Cancelling a task
// that waits here is always safe: a read is stopped and thrown away, a transaction rolled back before its connection is
// used again; a single write that has begun may or may not be stored. A call that fails inside a transaction undoes
// what it did itself, and the transaction may go on, on both engines.
//
// A PostgreSQL server that goes away: reads outside of a transaction are tried again; writes and transactions under way
// get connection_error (a write may have been stored); new ones wait for the server for up to connect_timeout.
//
// Everything here belongs to the thread of the loop on which the database was opened; it must be gone before the loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "croft/db_error.hpp"
#include "croft/task.hpp"
#include "croft/transaction.hpp"
#include "db/row_set.hpp"
#include "db/signals.hpp"
#include "db/statement.hpp"

namespace croft::db {

class session;
struct many_rows;
struct written_rows;

enum class engine : std::uint8_t { sqlite, postgres };

/// What a row of write_many() did: nothing, as the same row was there; or which of the two halves of an upsert.
enum class row_effect : std::uint8_t { unchanged, inserted, updated };

struct options {
    /// SQLite: connections (and threads) that read at the same time; opened when first needed.
    std::size_t readers = 4;
    /// SQLite: how long to wait for another process that holds a lock.
    duration busy_timeout = 5s;
    /// How long one statement may take; zero: as long as it likes (PostgreSQL: as the server's own setting says).
    duration statement_timeout = 0s;
    /// SQLite: a commit is over when it is on the disk; those that come at the same time wait for it together, and a
    /// disk that refuses makes a storage_error of it. Without this a crash of the program or the system's kill loses
    /// nothing that was committed, but a power cut may lose the last few transactions (never the file's consistency).
    bool survive_power_cut = true;
    /// References between rows are checked; off, to fill tables in any order (SQLite only).
    bool check_references = true;
    /// SQLite: the file is only read and stays as it is. Else a write-ahead log is begun, which lasts.
    bool read_only = false;
    /// Prepared statements kept by each connection.
    std::size_t cached_statements = 256;

    /// PostgreSQL: connections kept open, and the most there are at a time (one more where somebody listens).
    std::size_t min_connections = 1;
    std::size_t max_connections = 8;
    /// PostgreSQL: how long to wait for a free connection.
    duration acquire_timeout = 30s;
    /// PostgreSQL: how long a new connection may take, and how long a server that was there before is waited for. A
    /// connect_timeout in the URL goes before it.
    duration connect_timeout = 10s;
    /// PostgreSQL: connections beyond min_connections are closed when nobody needed them for so long.
    duration idle_timeout = 5min;
};

class database {
public:
    /// Opens "sqlite:path", "sqlite::memory:" (private, gone at close) or a bare path that has none of ":=@?", and
    /// makes the file where there is none; or "postgresql://…", with all that libpq's documentation says of its URIs.
    /// Throws storage_error when it can't be opened or is no database, config_error for a URL of another kind.
    static task<std::unique_ptr<database>> open(std::string url, options settings = {});

    database() = default;
    database(const database&) = delete;
    database& operator=(const database&) = delete;
    virtual ~database() = default;

    virtual engine kind() const noexcept = 0;
    /// As it was given to open(), but without passwords (PostgreSQL: in one standard form).
    virtual const std::string& url() const noexcept = 0;
    /// Finishes what is under way, then closes. Afterwards everything throws db::error.
    virtual task<> close() = 0;

    /// One statement that changes nothing (else: statement_error).
    task<row_set> read(statement query);
    /// Several in one go, all of the same state of the database.
    task<std::vector<row_set>> read(std::vector<statement> queries);
    /// One statement; with RETURNING it has rows.
    task<row_set> write(statement change);
    /// Inserts many rows, in batches where that is faster: `params` holds a value for each column, row by row. All are
    /// written or, when one fails, none, also within a transaction that goes on. Tells what each row did.
    task<std::vector<row_effect>> write_many(insertion into, std::vector<value> params);
    /// The same for rows whose key, `into.returning`, the database gives them: tells those keys, in the rows' order.
    task<std::vector<std::int64_t>> insert_many(insertion into, std::vector<value> params);
    /// As write_many, with any one statement for each row (an UPDATE, say), which has `width` parameters. What it did
    /// is told right of an INSERT with or without ON CONFLICT DO UPDATE … WHERE (something differs), and of an UPDATE,
    /// on a table with an integer key (on SQLite).
    task<std::vector<row_effect>> write_many(std::string sql, std::vector<value> params, std::size_t width);
    /// Several statements without parameters, separated by semicolons: schema changes.
    task<> script(std::string sql);
    /// Runs `body` in a transaction (see croft/transaction.hpp); within another of the same database: in a savepoint.
    task<> transaction(std::function<task<>()> body, transaction_options options = {});

    /// Whether the running task is in a transaction of this database.
    bool in_transaction() const { return enclosing() != nullptr; }

    /// Calls `hook` right after the transaction around this has been committed, the outermost one, in the order in
    /// which they were given; never when it, or the savepoint around this, is rolled back. Outside of a transaction: at
    /// once. A hook that throws is logged. A crash after the commit loses it: what must not be lost is a row in a
    /// table.
    void on_commit(std::function<void()> hook);

    /// Calls `hear`, on the loop, whenever `channel` is notified, until the subscription is destroyed. On PostgreSQL
    /// by any process, and once with an empty payload after the connection was lost; on SQLite by this process only.
    task<subscription> listen(std::string channel, std::function<void(const std::string& payload)> hear);
    /// Notifies those that listen, when (and if) the transaction around this is committed.
    task<> notify(std::string channel, std::string payload = {});

    /// PostgreSQL: up to which id a table's are known to be given, for those who write ids of their own
    /// (model/given_keys.hpp).
    std::int64_t& counted_to(const std::string& table) { return counted_to_[table]; }

    /// Statements for the start and the end of every transaction that writes, also of single writes: `on_begin` is
    /// called when one begins, in its task, and its statements run first (their rows are dropped); `on_commit` runs
    /// right before COMMIT. Savepoints have none.
    void set_context(std::function<std::vector<statement>()> on_begin, std::vector<statement> on_commit);

protected:
    /// Waits for a connection that may write.
    virtual task<std::shared_ptr<session>> lease(transaction_options options) = 0;
    /// Reads outside of any transaction.
    virtual task<std::vector<row_set>> read_outside(std::vector<statement> queries) = 0;
    /// The same of one query that can be answered on the spot; nothing where it can't, or others should have their
    /// turn: read_outside() then answers, or says what is wrong.
    virtual std::optional<row_set> read_at_once(const statement&) noexcept { return std::nullopt; }
    /// Has `signals_` told of the channel from now on.
    virtual task<> listen_to(std::string channel) = 0;
    virtual task<> send_notification(std::string channel, std::string payload) = 0;

    std::shared_ptr<signals> signals_ = std::make_shared<signals>();

private:
    task<std::shared_ptr<session>> begin(transaction_options options);
    task<> outermost(const std::function<task<>()>* body, transaction_options options);
    task<> nested(std::shared_ptr<transaction_state> around, const std::function<task<>()>* body,
                  transaction_options options);
    task<written_rows> write_rows(many_rows rows);
    std::shared_ptr<transaction_state> enclosing() const;

    std::function<std::vector<statement>()> on_begin_;
    std::shared_ptr<const std::vector<statement>> on_commit_;
    std::unordered_map<std::string, std::int64_t> counted_to_;
};

/// The database of the running task. Throws croft::error outside of an app.
database& current();

}  // namespace croft::db
