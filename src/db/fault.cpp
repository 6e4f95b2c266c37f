#include "db/fault.hpp"

namespace croft::db {
namespace {

std::function<void(std::string_view)> on_statement;
std::function<void()> on_sync;

template <class F>
void set(F& kept, std::atomic<bool>& is_set, F hook) {
    is_set.store(false, std::memory_order_release);
    kept = std::move(hook);
    is_set.store(static_cast<bool>(kept), std::memory_order_release);
}

}  // namespace

std::atomic<bool> detail::fault_hook_set = false;
std::atomic<bool> detail::sync_hook_set = false;

void detail::call_fault_hook(std::string_view sql) { on_statement(sql); }
void detail::call_sync_hook() { on_sync(); }

void set_fault_hook(std::function<void(std::string_view)> hook) {
    set(on_statement, detail::fault_hook_set, std::move(hook));
}
void set_sync_hook(std::function<void()> hook) { set(on_sync, detail::sync_hook_set, std::move(hook)); }

}  // namespace croft::db
