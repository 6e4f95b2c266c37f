// An open transaction, or a savepoint in one, as the tasks in it inherit it (runtime::locals().transaction).
#pragma once

#include "db/session.hpp"

namespace croft::db {

class transaction_state {
public:
    /// `outer` is whatever transaction is around this one, also of another database; null where there is none.
    transaction_state(const database& owner, std::shared_ptr<session> connection, unsigned depth,
                      std::shared_ptr<transaction_state> outer)
        : owner_(&owner), connection_(std::move(connection)), depth_(depth), outer_(std::move(outer)) {}

    const database* owner() const noexcept { return owner_; }
    session& connection() const noexcept { return *connection_; }
    const std::shared_ptr<session>& shared_connection() const noexcept { return connection_; }
    unsigned depth() const noexcept { return depth_; }
    const std::shared_ptr<transaction_state>& outer() const noexcept { return outer_; }

    /// The right to use the connection: one statement at a time, and none from outside while a savepoint is open in it
    /// (it would be undone with that). Throws transaction_error when the transaction has ended.
    task<semaphore::permit> enter();
    /// No statement may start any more.
    void end() noexcept { ended_ = true; }

private:
    bool ended() const noexcept;

    const database* owner_;
    std::shared_ptr<session> connection_;
    unsigned depth_;  // 0: the transaction itself
    std::shared_ptr<transaction_state> outer_;
    semaphore gate_{1};
    bool ended_ = false;
};

}  // namespace croft::db
