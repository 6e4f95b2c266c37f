// What a database can refuse. Every message names the database and, where there is one, the statement (shortened).
//
//     try { co_await save(item); }
//     catch (const croft::db::constraint_error& e) { if (e.kind() == croft::db::constraint::unique) … }
//
// A statement that took longer than allowed throws croft::timeout_error. Any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "croft/error.hpp"

namespace croft::db {

/// Root of what databases throw.
class error : public croft::error {
public:
    using croft::error::error;
};

enum class constraint { unique, foreign_key, not_null, check, other };

/// A row that breaks a rule of its table.
class constraint_error : public error {
public:
    constraint_error(const std::string& message, constraint kind, std::string subject,
                     std::optional<std::size_t> row = std::nullopt)
        : error(message), kind_(kind), subject_(std::move(subject)), row_(row) {}
    constraint kind() const noexcept { return kind_; }
    /// What the database named: "item.name", "item.a, item.b", a check's name; empty where it named nothing.
    const std::string& subject() const noexcept { return subject_; }
    /// Which row it was, from 0, when many were written at once.
    std::optional<std::size_t> row() const noexcept { return row_; }

private:
    constraint kind_;
    std::string subject_;
    std::optional<std::size_t> row_;
};

/// Somebody else kept what we need locked for longer than the time allowed.
class busy_error : public error {
public:
    using error::error;
};

/// The file or server fails us: it can't be opened, isn't a database, is corrupt, full or read-only, refuses us.
class storage_error : public error {
public:
    using error::error;
};

/// The server can't be reached, or the connection was lost in the middle. A write that was under way may have been
/// stored. The next call gets a new connection.
class connection_error : public storage_error {
public:
    using storage_error::storage_error;
};

/// The statement itself is wrong: its syntax, a table or column that isn't there, the number of its parameters.
class statement_error : public error {
public:
    using error::error;
};

/// A transaction that is used after its end, or that the database has rolled back by itself.
class transaction_error : public error {
public:
    using error::error;
};

enum class conflict { serialization, deadlock };

/// Two transactions got in each other's way, and this one had to give in: run again it may succeed, which
/// transaction(…, {.retries = 3}) does.
class conflict_error : public transaction_error {
public:
    conflict_error(const std::string& message, conflict kind) : transaction_error(message), kind_(kind) {}
    conflict kind() const noexcept { return kind_; }

private:
    conflict kind_;
};

}  // namespace croft::db
