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
//   the task is cancelled   it is rolled back, wherever it stood.
//   it stands in another    it becomes a savepoint: its failure undoes its own part, and the outer one may go on.
// Inside, every read and write of this task and of the tasks it spawns belongs to the transaction, and reads see its
// writes. A task that outlives the transaction it inherited gets db::transaction_error. One transaction writes at a
// time on SQLite, so don't wait for the network in one. The lambda is kept alive over the whole await, so that it may
// capture by reference what the awaiting function owns. Loop thread only.
#pragma once

#include <type_traits>
#include <utility>

#include "croft/callback.hpp"
#include "croft/db_error.hpp"
#include "croft/task.hpp"

namespace croft {

struct transaction_options {
    /// References between rows are checked when it commits instead of row by row: for rebuilding tables. Only for an
    /// outermost transaction.
    bool check_references_at_commit = false;
};

namespace db {
/// The same on the current database, for a body that gives nothing.
task<> run_transaction(callback<task<>()> body, transaction_options options);
}  // namespace db

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
