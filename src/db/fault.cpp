#include "db/fault.hpp"

namespace croft::db {
namespace {

std::function<void(std::string_view)>& hook() {
    static std::function<void(std::string_view)> kept;
    return kept;
}

}  // namespace

std::atomic<bool> detail::fault_hook_set = false;

void detail::call_fault_hook(std::string_view sql) { hook()(sql); }

void set_fault_hook(std::function<void(std::string_view)> fn) {
    detail::fault_hook_set.store(false, std::memory_order_release);
    hook() = std::move(fn);
    detail::fault_hook_set.store(static_cast<bool>(hook()), std::memory_order_release);
}

}  // namespace croft::db
