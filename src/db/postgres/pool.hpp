// The connections of one database: opened when needed, handed out first come, first served, kept for the next, closed
// when idle for long. Nobody gets one that is dirty: what was left unfinished is stopped and rolled back before.
//
//     const auto lease = co_await connections.acquire();
//     auto rows = co_await lease->trip(…);
#pragma once

#include <deque>

#include "db/postgres/connection.hpp"

namespace croft::db::postgres {

class pool {
public:
    explicit pool(connection_settings settings);
    pool(const pool&) = delete;
    pool& operator=(const pool&) = delete;

    /// A connection in somebody's hands. Goes back when it goes out of scope, whatever its state is.
    class lease {
    public:
        lease() = default;
        lease(pool& owner, std::unique_ptr<connection> what, semaphore::permit turn)
            : owner_(&owner), what_(std::move(what)), turn_(std::move(turn)) {}
        lease(lease&& other) noexcept = default;
        lease& operator=(lease&&) = delete;
        ~lease() { reset(); }
        explicit operator bool() const noexcept { return what_ != nullptr; }
        connection* operator->() const noexcept { return what_.get(); }
        connection& operator*() const noexcept { return *what_; }
        void reset() noexcept {
            if (what_) owner_->give_back(std::move(what_), std::move(*turn_));
            turn_.reset();
        }

    private:
        pool* owner_ = nullptr;
        std::unique_ptr<connection> what_;
        std::optional<semaphore::permit> turn_;
    };

    /// Opens the first connections. Throws at once when that doesn't work.
    task<> start();
    /// Waits for a free connection, for at most options::acquire_timeout; a server that can't be reached is tried again
    /// for options::connect_timeout. Throws timeout_error, connection_error, and error once it is closed.
    task<lease> acquire();
    /// One more, which nobody counts.
    task<std::unique_ptr<connection>> connect();
    /// Waits until all have come back, then closes them.
    task<> close();

    const std::string& name() const noexcept { return settings_->where.name; }
    const std::shared_ptr<const connection_settings>& settings() const noexcept { return settings_; }
    void refuse_when_closed() const;

private:
    struct resting {
        std::unique_ptr<connection> what;
        duration since;
    };

    task<semaphore::permit> take_turn();
    task<std::unique_ptr<connection>> connect_in_time();
    task<bool> still_works(const resting* one);
    void give_back(std::unique_ptr<connection> what, semaphore::permit turn) noexcept;
    void rest(std::unique_ptr<connection> what);
    task<> restore(std::unique_ptr<connection> what, semaphore::permit turn);
    task<> close_idle();

    std::shared_ptr<const connection_settings> settings_;
    semaphore turns_;
    std::deque<resting> idle_;  // last used last
    bool closing_idle_ = false;
    bool closed_ = false;
    group tasks_;  // last: they use all the others
};

}  // namespace croft::db::postgres
