// SQLite's result codes as exceptions.
#pragma once

#include <sqlite3.h>

#include <optional>
#include <string>
#include <string_view>

namespace croft::db::sqlite {

/// The place of a failure, for messages.
struct place {
    const std::string& database;
    std::string_view sql{};            // the statement, where there is one
    std::optional<std::size_t> row{};  // of a write_many, from 0
};

/// Throws what fits `code` (an extended result code) and SQLite's message for it.
[[noreturn]] void fail(int code, std::string_view message, const place& where);
/// The same with the message of the connection's last failure.
[[noreturn]] void fail(sqlite3* connection, const place& where);

}  // namespace croft::db::sqlite
