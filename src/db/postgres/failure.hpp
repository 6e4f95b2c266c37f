// PostgreSQL's errors as exceptions, by their SQLSTATE (its documentation, appendix A).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "croft/db_error.hpp"
#include "db/postgres/libpq.hpp"

namespace croft::db::postgres {

/// The place of a failure, for messages.
struct place {
    const std::string& database;
    std::string_view sql{};  // the statement, where there is one
};

/// A prepared statement that no longer fits: a table was changed, or somebody dropped it. It may be prepared anew.
class stale_statement : public statement_error {
public:
    using statement_error::statement_error;
};

/// A batch of an upsert has two rows that are one to the database.
class row_twice : public statement_error {
public:
    using statement_error::statement_error;
};

/// Throws what fits a result that is an error.
[[noreturn]] void fail(const PGresult* result, const place& where);
/// Throws connection_error with what libpq says of the connection.
[[noreturn]] void fail_connection(const PGconn* connection, const std::string& database);
/// libpq's text without its line breaks.
std::string one_line_of(const char* message);

}  // namespace croft::db::postgres
