#include "db/transaction_state.hpp"

namespace croft::db {

task<semaphore::permit> transaction_state::enter(access wanted) {
    if (wanted == access::write && options_.read_only)
        throw statement_error(owner_->url() +
                              ": this transaction was begun with read_only, so nothing can be written in it");
    auto turn = co_await gate_.acquire();
    require_open();
    co_return std::move(turn);
}

void transaction_state::require_open() const {
    if (ended())
        throw transaction_error(owner_->url() +
                                ": this task belongs to a transaction that has ended; a task that outlives a "
                                "transaction must be spawned outside of it");
}

bool transaction_state::ended() const noexcept {
    for (const auto* state = this; state; state = state->outer_.get())
        if (state->owner_ == owner_ && state->ended_) return true;
    return false;
}

}  // namespace croft::db
