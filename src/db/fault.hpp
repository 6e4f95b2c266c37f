// A place where tests can break things: called before each statement that a writing connection executes, BEGIN and
// COMMIT included, on that connection's thread. The hook may throw (the statement then fails) or end the process, so
// that a crash test can stop between any two statements.
//
//     db::set_fault_hook([&](std::string_view sql) { if (++count == 7) std::abort(); });
#pragma once

#include <atomic>
#include <functional>
#include <string_view>

namespace croft::db {

/// An empty function takes the hook away. Not while statements run.
void set_fault_hook(std::function<void(std::string_view sql)> hook);

namespace detail {
extern std::atomic<bool> fault_hook_set;
void call_fault_hook(std::string_view sql);
}  // namespace detail

inline bool fault_hook_is_set() { return detail::fault_hook_set.load(std::memory_order_acquire); }

inline void before_statement(std::string_view sql) {
    if (fault_hook_is_set()) detail::call_fault_hook(sql);
}

}  // namespace croft::db
