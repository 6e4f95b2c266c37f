// Coroutines: task<T>, sleep, all, with_timeout, group, event, semaphore, offload.
//
// A task is lazy: it runs when it is awaited or spawned, on the app's one loop. As in asyncio, code between two awaits
// is never interrupted, so there are no locks in user code.
//
//     croft::task<int> answer() { co_await croft::sleep(1s); co_return 42; }
//     croft::task<> both() { auto [a, b] = co_await croft::all(answer(), answer()); }
//
// What happens when …
//   a task throws           the exception arrives where it is awaited; in a group the others are cancelled, and
//                           group::wait() rethrows it.
//   a task is cancelled     its frames are destroyed while they are suspended, innermost first: destructors run, no
//                           code after the await does. There is no exception to swallow.
//   a group ends first      (by return or exception) what still runs in it is destroyed then and there: no task
//                           outlives its group.
// Coroutines take parameters by value. Everything here belongs to the loop's thread, offload() apart.
#pragma once

#include "croft/clock.hpp"
#include "croft/detail/task.hpp"
#include "croft/group.hpp"
#include "croft/offload.hpp"
#include "croft/sync.hpp"

namespace croft {

/// Runs `main` on a loop of its own until it is done, and gives its result or throws what it threw. For programs
/// without croft::main, and for tests. The calling thread is the loop's.
void run(task<> main, clock& time = machine_clock());

template <class T>
T run(task<T> main, clock& time = machine_clock()) {
    runtime::outcome<T> result;
    run(runtime::store_into(std::move(main), &result), time);
    return result.take();
}

}  // namespace croft
