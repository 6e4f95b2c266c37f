// Calls the hooks of an event (croft/events.hpp), each as a task of its own that harms nobody.
#pragma once

#include "croft/events.hpp"
#include "croft/log.hpp"

namespace croft::work {

constexpr duration longest_hook = 1min;

template <class Event>
task<> call_hook(hook<Event> what, Event event) {
    try {
        co_await with_timeout(longest_hook, what.call(std::move(event)));
    } catch (const std::exception& failure) {
        log::error("the hook {} failed: {}", what.name, failure);
    } catch (...) {
        log::error("the hook {} failed", what.name);
    }
}

template <class Event>
void tell(group& in, const Event& event) {
    for (const auto& one : hooks<Event>()) in.spawn(call_hook<Event>(one, event));
}

}  // namespace croft::work
