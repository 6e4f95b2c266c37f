// One SQLite connection: opened, set up and used on one thread. Everything throws what failure.hpp makes of it.
//
//     connection c(settings, role::writer);
//     auto rows = c.run({"SELECT 1"}, access::read);
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <utility>

#include "db/session.hpp"
#include "db/sqlite/prepared.hpp"

namespace croft::db::sqlite {

enum class role : std::uint8_t { writer, reader };

struct connection_settings {
    std::string name;  // the URL, for messages
    std::string file;
    options tuning;
    bool volatile_data = false;  // a private file that nobody needs after a crash

    bool only_reads() const noexcept { return tuning.read_only && !volatile_data; }
};

class connection {
public:
    connection(const connection_settings& settings, role as);
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection();

    const std::string& name() const noexcept { return settings_.name; }

    /// Runs one statement to its end.
    row_set run(const statement& query, access allowed);
    /// Runs one that only reads, unless it takes (or took earlier) more than some 100 µs of work, has to wait or fails:
    /// then nothing, and run() on a thread's connection gives the answer or the reason.
    std::optional<row_set> run_briefly(const statement& query) noexcept;
    /// All of several, or nothing; none runs when one is known to be long.
    std::optional<std::vector<row_set>> run_briefly(const std::vector<statement>& queries) noexcept;
    /// Runs one statement, `rows.sql`, for each of the rows; see database::write_many. Stops at the first failure.
    written_rows run_many(const many_rows& rows);
    /// Runs all statements of a script, one after the other.
    void run_script(const std::string& sql);
    /// BEGIN, COMMIT, a savepoint, a pragma: short, without time-out or cancellation.
    void control(std::string_view sql);

    /// A transaction is open, and SQLite hasn't rolled it back by itself.
    bool in_transaction() const noexcept { return sqlite3_get_autocommit(handle_.get()) == 0; }
    /// Leaves no transaction open; closes the connection in the unheard-of case that this fails.
    void rollback() noexcept;
    /// Closes it: the next user gets a new one.
    void abandon() noexcept;
    /// Whether the connection can still be used.
    bool usable() const noexcept { return handle_ != nullptr; }

    /// Whether something was committed since this was last asked that waits to be brought to the disk (log_syncer.hpp).
    bool take_unsynced() noexcept { return std::exchange(unsynced_, false); }
    const std::string& log_file() const noexcept { return log_file_; }

    /// Statements stop soon after *stop becomes true; null: they don't.
    void watch(const std::atomic<bool>* stop) noexcept { stop_ = stop; }

private:
    using steady = std::chrono::steady_clock;
    struct closing {
        void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
    };
    class running;
    class insertion;

    row_set run(prepared& what, const statement& query, access allowed);
    row_set run_briefly(prepared& what, const statement& query);
    prepared& prepared_for(const std::string& sql) { return cache_.get(handle_.get(), sql, name()); }
    void set_up(role as);
    void use_write_ahead_log();
    void note_commits();
    void bind(const prepared& to, const value* params, std::size_t count);
    void bind_one(sqlite3_stmt* to, int index, const value& from);
    bool step(const prepared& what, std::optional<std::size_t> row = std::nullopt);
    void check_arity(const prepared& what, std::size_t given) const;
    void start_of(std::string_view sql);
    [[noreturn]] void give_up(std::string_view sql, std::optional<std::size_t> row);
    bool must_stop() noexcept;
    bool wait_for_others(int tries) noexcept;

    connection_settings settings_;
    role role_;
    std::unique_ptr<sqlite3, closing> handle_;
    prepared_cache cache_;
    const std::atomic<bool>* stop_ = nullptr;
    bool controlling_ = false;
    bool unsynced_ = false;
    std::string log_file_;
    bool brief_ = false;
    int checks_ = 0;  // of a brief statement, up to now
    bool late_ = false;
    steady::time_point deadline_{};
    steady::time_point waiting_since_{};
};

}  // namespace croft::db::sqlite
