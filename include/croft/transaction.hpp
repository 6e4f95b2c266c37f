// transaction: several writes that are stored together or not at all.
//
//     co_await croft::transaction([&]() -> croft::task<> {
//         co_await save(order);
//         co_await enqueue(send_email, mail, {.unique_by = order.id});
//     });
//
// What happens when …
//   the body returns        it is committed; transaction() returns when it is stored.
//   the body throws         it is rolled back, and the exception is thrown on.
//   the task is cancelled   it is rolled back, wherever it stood. During the commit itself it may be stored all the
//                           same; its on_commit hooks aren't called then.
//   it stands in another    it becomes a savepoint: its failure undoes its own part, and the outer one may go on.
//   a call in it fails      that call is undone; caught, the transaction goes on. (A write that is cut short by a
//                           time-out takes the whole transaction with it on SQLite, and the next statement says so.)
//   two are in conflict     one of them gets db::conflict_error; with .retries its body is run again.
// Inside, every read and write of this task and of the tasks it spawns belongs to the transaction, and reads see its
// writes. A task that outlives the transaction it inherited gets db::transaction_error. One transaction writes at a
// time on SQLite, and each holds one of few connections on PostgreSQL, so don't wait for the network in one. The lambda
// is kept alive over the whole await, so that it may capture by reference what the awaiting function owns.
//
//     co_await croft::transaction(move_stock, {.isolation = croft::isolation::serializable, .retries = 5});
//     croft::on_commit([] { log::info("stored"); });      // in a transaction: after it has been committed
//
// Loop thread only.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "croft/callback.hpp"
#include "croft/db_error.hpp"
#include "croft/task.hpp"

namespace croft {

/// What a transaction sees of others that run beside it, from the least (PostgreSQL's documentation, section 13.2). An
/// engine may give more than was asked for: on SQLite every transaction is serializable, as they take turns.
enum class isolation : std::uint8_t {
    read_committed,   ///< each statement sees what was committed before it
    repeatable_read,  ///< all see the state at the first one; changing a row that was changed meanwhile is a conflict
    serializable,     ///< as if they ran one after the other; what doesn't fit that is a conflict
};

struct transaction_options {
    croft::isolation isolation = croft::isolation::read_committed;
    /// How often the body is run again when it, or the commit, ends in a db::conflict_error; so it must stand that. In
    /// a nested transaction it counts for nothing: the outermost one is to be run again.
    unsigned retries = 0;
    /// It only reads, all of the same state of the database, beside writers and without waiting for them.
    bool read_only = false;
    /// References between rows are checked when it commits instead of row by row: for rebuilding tables. Only for an
    /// outermost transaction.
    bool check_references_at_commit = false;
};

namespace db {
/// The same on the current database, for a body that gives nothing.
task<> run_transaction(callback<task<>()> body, transaction_options options);
}  // namespace db

/// Calls `hook` once the transaction around this, the outermost one, has been committed; never if it, or the nested one
/// around this, is rolled back, and not where the process dies or the task is cancelled while it is being committed. In
/// the order in which they were given; outside of a transaction at once. A hook that throws is logged. Throws
/// croft::error outside of an app, transaction_error in a task that has outlived the transaction.
void on_commit(callback<void()> hook);

/// Runs `body`, a callable that gives a task<T>, in a transaction of the current database, and gives its result.
/// Throws what the body throws, and db::error when it can't be committed; croft::error outside of an app.
template <class F, class T = typename std::invoke_result_t<F&>::value_type>
task<T> transaction(F body, transaction_options options = {}) {
    if constexpr (std::is_void_v<T>) {
        co_await db::run_transaction([&body] { return body(); }, options);
    } else {
        runtime::outcome<T> result;
        co_await db::run_transaction([&] { return runtime::store_into(body(), &result); }, options);
        co_return result.take();
    }
}

}  // namespace croft
