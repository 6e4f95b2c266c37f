// Prepared statements, kept by their text: preparing costs more than many a statement itself.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

#include "db/row_set.hpp"
#include "db/statement_cache.hpp"

namespace croft::db::sqlite {

/// One compiled statement. SQLite recompiles it by itself when the schema has changed.
class prepared {
public:
    /// Compiles the one statement in `sql`. Throws statement_error; `database` is for the message.
    prepared(sqlite3* connection, std::string sql, const std::string& database);

    sqlite3_stmt* handle() const noexcept { return handle_.get(); }
    const std::string& sql() const noexcept { return *sql_; }
    bool writes() const noexcept { return writes_; }
    int parameters() const noexcept { return parameters_; }
    /// Uses SQL's last_insert_rowid(), which therefore must not be reset before it runs.
    bool asks_for_last_id() const noexcept { return asks_for_last_id_; }
    /// It took too much work to be run briefly, see connection::run_briefly().
    bool is_long() const noexcept { return is_long_; }
    void found_long() noexcept { is_long_ = true; }
    /// Column names as of the last step; they may change with the schema.
    const row_set::names& columns();

private:
    struct finalize {
        void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
    };
    std::unique_ptr<const std::string> sql_;  // its characters stay where they are when this is moved
    std::unique_ptr<sqlite3_stmt, finalize> handle_;
    row_set::names columns_;
    int recompiled_ = 0;
    int parameters_ = 0;
    bool writes_ = false;
    bool asks_for_last_id_ = false;
    bool is_long_ = false;
};

/// The statements that a connection used last.
class prepared_cache {
public:
    explicit prepared_cache(std::size_t capacity) : kept_(capacity) {}

    /// The statement stays valid until the next get().
    prepared& get(sqlite3* connection, const std::string& sql, const std::string& database);
    void clear() noexcept { kept_.clear(); }

private:
    statement_cache<prepared> kept_;
};

}  // namespace croft::db::sqlite
