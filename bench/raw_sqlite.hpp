// SQLite by its C functions, as somebody who knows it well would use it by hand: the baseline.
#pragma once

#include <sqlite3.h>

#include <stdexcept>
#include <string>

namespace bench {

class raw_statement {
public:
    raw_statement(sqlite3* base, const std::string& sql) {
        if (sqlite3_prepare_v3(base, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr) != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(base));
    }
    ~raw_statement() { sqlite3_finalize(handle_); }
    raw_statement(const raw_statement&) = delete;
    raw_statement& operator=(const raw_statement&) = delete;
    operator sqlite3_stmt*() const { return handle_; }

private:
    sqlite3_stmt* handle_ = nullptr;
};

class raw_base {
public:
    explicit raw_base(const std::string& path) {
        if (sqlite3_open(path.c_str(), &handle_) != SQLITE_OK) throw std::runtime_error("can't open " + path);
        run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON");
    }
    ~raw_base() { sqlite3_close(handle_); }
    raw_base(const raw_base&) = delete;
    raw_base& operator=(const raw_base&) = delete;
    void run(const std::string& sql) {
        if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(handle_));
    }
    operator sqlite3*() const { return handle_; }

private:
    sqlite3* handle_ = nullptr;
};

}  // namespace bench
