// on: being told what happens to tasks and jobs.
//
//     CROFT_ON(task_failed, tell_ops) { co_await notify("ops", "{} failed: {}", event.task, event.error); }
//
// Writing one in any source file of the app is enough. `event` is the event, by value. Each change of state is told
// once: a task that goes on failing isn't told again, not after a restart either. A hook gets a minute; what it throws
// is logged. Delivery is at most once: a process that dies right after the event tells nobody.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "croft/task.hpp"
#include "croft/time.hpp"

namespace croft {

/// A task went well last time, and has failed now.
struct task_failed {
    std::string task, error;
    std::int64_t run = 0;
};
/// It goes well again.
struct task_recovered {
    std::string task;
    int failures = 0;  // in a row, before
};
/// It should have begun by now, and hasn't.
struct task_overdue {
    std::string task;
    time_point due{};
};
/// A run takes several times as long as such runs took so far.
struct task_stuck {
    std::string task;
    std::int64_t run = 0;
    duration running{};
};
/// A job is out of attempts, and that is stored; `jobs retry` requeues it.
struct job_dead {
    std::string job;
    std::int64_t id = 0;
    std::string error;
};

namespace work {

template <class Event>
struct hook {
    const char* name;
    task<> (*call)(Event);
};
template <class Event>
std::vector<hook<Event>>& hooks() {
    static std::vector<hook<Event>> all;
    return all;
}
template <class Event>
bool declare_hook(const char* name, task<> (*call)(Event)) {
    hooks<Event>().push_back({name, call});
    return true;
}

}  // namespace work
}  // namespace croft

/// CROFT_ON(task_failed, tell_ops) { … }: see the head of this file.
#define CROFT_ON(Event, Name)                                       \
    static ::croft::task<> Name(::croft::Event event);              \
    [[maybe_unused]] static const bool croft_hook_declared_##Name = \
        ::croft::work::declare_hook<::croft::Event>(#Name, &Name);  \
    static ::croft::task<> Name([[maybe_unused]] ::croft::Event event)
