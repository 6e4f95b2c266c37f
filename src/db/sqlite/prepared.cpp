#include "db/sqlite/prepared.hpp"

#include "croft/db_error.hpp"
#include "db/sqlite/failure.hpp"

namespace croft::db::sqlite {
namespace {

/// Whether anything but blanks, comments and semicolons follows: that would be a second statement.
bool holds_a_statement(sqlite3* connection, const char* rest) {
    while (*rest) {
        sqlite3_stmt* next = nullptr;
        const char* tail = nullptr;
        const int code = sqlite3_prepare_v2(connection, rest, -1, &next, &tail);
        sqlite3_finalize(next);
        if (next || code != SQLITE_OK) return true;
        if (tail == rest) return false;
        rest = tail;
    }
    return false;
}

}  // namespace

prepared::prepared(sqlite3* connection, std::string sql, const std::string& database)
    : sql_(std::make_unique<const std::string>(std::move(sql))) {
    sqlite3_stmt* handle = nullptr;
    const char* rest = nullptr;
    if (sqlite3_prepare_v3(connection, sql_->c_str(), static_cast<int>(sql_->size() + 1), SQLITE_PREPARE_PERSISTENT,
                           &handle, &rest) != SQLITE_OK)
        fail(connection, {database, *sql_});
    handle_.reset(handle);
    if (!handle) fail(SQLITE_ERROR, "the statement is empty", {database, *sql_});
    if (holds_a_statement(connection, rest))
        fail(SQLITE_ERROR, "several statements where one was expected; use script() for those", {database, *sql_});
    writes_ = !sqlite3_stmt_readonly(handle);
    parameters_ = sqlite3_bind_parameter_count(handle);
    asks_for_last_id_ = sql_->contains("last_insert_rowid");
}

const row_set::names& prepared::columns() {
    const int recompiled = sqlite3_stmt_status(handle(), SQLITE_STMTSTATUS_REPREPARE, 0);
    if (!columns_ || recompiled != recompiled_) {
        std::vector<std::string> names;
        for (int i = 0; i < sqlite3_column_count(handle()); ++i) names.emplace_back(sqlite3_column_name(handle(), i));
        columns_ = std::make_shared<const std::vector<std::string>>(std::move(names));
        recompiled_ = recompiled;
    }
    return columns_;
}

prepared& prepared_cache::get(sqlite3* connection, const std::string& sql, const std::string& database) {
    if (auto* const known = kept_.find(sql)) return *known;
    auto& fresh = kept_.add(prepared(connection, sql, database));
    (void)kept_.take_oldest();
    return fresh;
}

}  // namespace croft::db::sqlite
