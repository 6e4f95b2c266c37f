// One connection to a PostgreSQL server, on the loop: never blocks it. Statements go out in trips: all that belongs
// together in one go (libpq's pipeline mode), ended by a Sync; the first that fails stops the rest of its trip.
//
//     connection c(settings);
//     co_await c.open();
//     auto rows = co_await c.trip({{{"SELECT 1"}, true}});
//
// A task that is cancelled leaves its trip unfinished: unfinished() says so, and stop() puts an end to it at the server
// before the connection is used again. Everything throws what failure.hpp makes of it.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <deque>

#include "db/postgres/address.hpp"
#include "db/postgres/cells.hpp"
#include "db/postgres/failure.hpp"
#include "db/statement_cache.hpp"
#include "runtime/io_wait.hpp"
#include "runtime/loop.hpp"

namespace croft::db::postgres {

struct connection_settings {
    address where;
    options tuning;
};

/// A statement of a trip.
struct step {
    statement what;
    bool wanted = false;  // its rows are given; what it does is the caller's own
};

class connection {
public:
    explicit connection(std::shared_ptr<const connection_settings> settings);
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    /// Closes it; what runs at the server is cancelled.
    ~connection();

    const std::string& name() const noexcept { return settings_->where.name; }

    /// Once, before anything else.
    task<> open();
    /// Runs the statements and gives what the wanted ones answered.
    task<std::vector<row_set>> trip(std::vector<step> steps);
    /// The same in pieces, for what is too much to be prepared at once: send() …, co_await flush(), send() …, finish().
    enum class at_sync : bool { nothing, commit };
    void begin_trip(at_sync then = at_sync::nothing) noexcept;
    void send(const statement& what, bool wanted);
    task<> flush();
    task<std::vector<row_set>> finish();
    /// Before finish() of a trip that is a transaction by itself: where fault.hpp's hook sees its COMMIT.
    void commit_follows();
    /// Several statements without parameters in one text.
    task<> script(std::string sql);

    /// How many statements of the last trip were done.
    std::size_t completed() const noexcept { return completed_; }
    /// What the last of them said it did: "COMMIT", "INSERT 0 1" …
    const std::string& last_tag() const noexcept { return last_tag_; }
    /// Statements are reported to fault.hpp's hook.
    void set_writing(bool writing) noexcept { writing_ = writing; }
    /// Prepares all anew: some no longer fit.
    void forget_statements();

    /// Something runs, or was sent and not answered.
    bool unfinished() const noexcept { return !awaited_.empty() || unsynced_ || in_script_; }
    /// Cancels what runs at the server, and waits until it is over.
    task<> stop();
    /// Neither in a transaction nor with much to be tidied up: the next may have it as it is.
    bool clean() const noexcept {
        return !unfinished() && transaction_status() == PQTRANS_IDLE && condemned_.size() < most_condemned;
    }
    /// Makes it clean, after stop().
    task<> tidy();
    PGTransactionStatusType transaction_status() const noexcept;
    /// Whether the server is still there, as far as can be said without asking it.
    bool looks_alive() noexcept;
    /// Its session was changed by a statement (SET): nobody else should get it.
    bool altered() const noexcept { return altered_; }
    bool broken() const noexcept { return broken_; }

    /// For LISTEN: waits until something arrives, which may be a notification.
    task<> wait_for_notifications();
    /// Ends that wait.
    void interrupt() { socket_.cancel(); }
    owned<PGnotify> next_notification() noexcept;

private:
    struct prepared {
        std::string sql, server_name;
        std::optional<columns> described;
    };
    struct kept {
        std::shared_ptr<prepared> what;
        std::string_view sql() const noexcept { return what->sql; }
    };
    enum class answer : std::uint8_t { to_prepare, to_execute, to_drop, to_sync };
    struct awaited {
        answer kind;
        std::shared_ptr<prepared> what;
        bool wanted = false;
    };
    static constexpr std::size_t most_condemned = 32;
    enum class direction : std::uint8_t { reading, both };

    task<> connect();
    task<> set_up();
    void fault_point(std::string_view sql);
    std::shared_ptr<prepared> prepare(const std::string& sql);
    task<std::vector<row_set>> collect();
    void take(PGresult* result, const awaited& by, std::vector<row_set>& rows);
    void take_rows(PGresult* result, const awaited& by, std::vector<row_set>& rows);
    void note_tag(std::string_view tag, bool wanted);
    task<> collect_script(std::string sql);
    task<> wait(direction which);
    task<> wait_until_ready();
    task<> cancel_at_server();
    task<> drain();
    void check(bool worked);
    [[noreturn]] void lost();

    std::shared_ptr<const connection_settings> settings_;
    owned<PGconn> handle_;
    boost::asio::posix::stream_descriptor socket_;  // libpq's own, borrowed
    runtime::io_wait wait_;
    statement_cache<kept> cache_;
    std::vector<std::string> condemned_;  // statements that the server should drop
    std::deque<awaited> awaited_;
    std::size_t completed_ = 0;
    std::string last_tag_;
    std::uint64_t prepared_count_ = 0;
    bool unsynced_ = false;
    bool in_script_ = false;
    bool commits_at_sync_ = false;
    bool writing_ = false;
    bool altered_ = false;
    bool broken_ = false;
};

}  // namespace croft::db::postgres
