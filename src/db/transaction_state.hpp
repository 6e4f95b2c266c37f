// An open transaction, or a savepoint in one, as the tasks in it inherit it (runtime::locals().transaction).
#pragma once

#include <functional>

#include "db/session.hpp"

namespace croft::db {

class transaction_state {
public:
    /// `outer` is whatever transaction is around this one, also of another database; null where there is none.
    transaction_state(const database& owner, std::shared_ptr<session> connection,
                      std::shared_ptr<transaction_state> outer, transaction_options options)
        : owner_(&owner), connection_(std::move(connection)), options_(options), outer_(std::move(outer)) {}
    /// A savepoint in `around`.
    transaction_state(const transaction_state& around, std::shared_ptr<transaction_state> outer,
                      transaction_options options)
        : transaction_state(*around.owner_, around.connection_, std::move(outer), options) {
        depth_ = around.depth_ + 1;
        options_.isolation = around.options_.isolation;
        options_.read_only |= around.options_.read_only;
    }

    const database* owner() const noexcept { return owner_; }
    session& connection() const noexcept { return *connection_; }
    unsigned depth() const noexcept { return depth_; }
    const std::shared_ptr<transaction_state>& outer() const noexcept { return outer_; }
    const transaction_options& options() const noexcept { return options_; }

    /// The right to use the connection: one statement at a time, and none from outside while a savepoint is open in it
    /// (it would be undone with that). Throws transaction_error when the transaction has ended, statement_error for a
    /// write in one that only reads.
    task<semaphore::permit> enter(access wanted);
    /// Throws transaction_error when it has ended.
    void require_open() const;
    /// No statement may start any more.
    void end() noexcept { ended_ = true; }

    void add_hook(std::function<void()> hook) { hooks_.push_back(std::move(hook)); }
    std::vector<std::function<void()>> take_hooks() noexcept { return std::exchange(hooks_, {}); }

private:
    bool ended() const noexcept;

    const database* owner_;
    std::shared_ptr<session> connection_;
    transaction_options options_;
    unsigned depth_ = 0;  // 0: the transaction itself
    std::shared_ptr<transaction_state> outer_;
    semaphore gate_{1};
    std::vector<std::function<void()>> hooks_;  // to be called when it is committed
    bool ended_ = false;
};

}  // namespace croft::db
