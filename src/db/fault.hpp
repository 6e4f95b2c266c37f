// Places where tests can break things. The first is called before each statement that a writing connection executes,
// BEGIN and COMMIT included, on that connection's thread. The hook may throw (the statement then fails) or end the
// process, so that a crash test can stop between any two statements. The second is called before SQLite's log is
// brought to the disk, on the thread that does so; it may throw, too, as a disk would, or take its time.
//
//     db::set_fault_hook([&](std::string_view sql) { if (++count == 7) std::abort(); });
//     db::set_sync_hook([] { throw std::runtime_error("the disk is gone"); });
#pragma once

#include <atomic>
#include <functional>
#include <string_view>

namespace croft::db {

/// An empty function takes the hook away. Not while statements run.
void set_fault_hook(std::function<void(std::string_view sql)> hook);
/// The same, while nothing is committed.
void set_sync_hook(std::function<void()> hook);

namespace detail {
extern std::atomic<bool> fault_hook_set;
void call_fault_hook(std::string_view sql);
extern std::atomic<bool> sync_hook_set;
void call_sync_hook();
}  // namespace detail

inline bool fault_hook_is_set() { return detail::fault_hook_set.load(std::memory_order_acquire); }

inline void before_statement(std::string_view sql) {
    if (fault_hook_is_set()) detail::call_fault_hook(sql);
}

inline void before_sync() {
    if (detail::sync_hook_set.load(std::memory_order_acquire)) detail::call_sync_hook();
}

}  // namespace croft::db
