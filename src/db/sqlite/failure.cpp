#include "db/sqlite/failure.hpp"

#include <fmt/format.h>

#include "croft/db_error.hpp"
#include "db/message.hpp"

namespace croft::db::sqlite {
namespace {

constraint kind_of(int code) {
    switch (code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
            return constraint::unique;
        case SQLITE_CONSTRAINT_FOREIGNKEY:
            return constraint::foreign_key;
        case SQLITE_CONSTRAINT_NOTNULL:
            return constraint::not_null;
        case SQLITE_CONSTRAINT_CHECK:
            return constraint::check;
        default:
            return constraint::other;
    }
}

/// "UNIQUE constraint failed: item.name" names "item.name".
std::string subject_of(std::string_view message) {
    constexpr std::string_view before = " constraint failed: ";
    const auto at = message.find(before);
    return at == message.npos ? std::string() : std::string(message.substr(at + before.size()));
}

std::string sentence(std::string_view message, const place& where) {
    std::string text = fmt::format("{}: {}", where.database, message);
    if (where.row) text += fmt::format(", at row {} (from 0)", *where.row);
    if (!where.sql.empty()) text += fmt::format("; in: {}", shortened(where.sql));
    return text;
}

}  // namespace

void fail(int code, std::string_view message, const place& where) {
    const std::string text = sentence(message, where);
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT:
            throw constraint_error(text, kind_of(code), subject_of(message), where.row);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            throw busy_error(text + " (another process holds the database locked)");
        case SQLITE_CANTOPEN:
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_NOMEM:
        case SQLITE_PROTOCOL:
            throw storage_error(text);
        default:
            throw statement_error(text);
    }
}

void fail(sqlite3* connection, const place& where) {
    fail(sqlite3_extended_errcode(connection), sqlite3_errmsg(connection), where);
}

}  // namespace croft::db::sqlite
