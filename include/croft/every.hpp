// every, cron: tasks that run by themselves, on a schedule, in the app's own process.
//
//     CROFT_EVERY(30s, poll_chat) { co_await scrape_chat("global"); }
//
//     CROFT_CRON("H/30 * * * *", scrape_things) { co_await load<Thing>(co_await things()); }
//
//     CROFT_CRON("@weekly", report, {.timezone = "Europe/Berlin", .timeout = 10min}) { … }
//
// Writing one in any source file of the app is enough. Its name is "<app>.<function>", where the file lies in a folder
// apps/<app>/, else just "<function>". The cron grammar is croniter's; `H` is a value by the task's name.
//
// What happens when …
//   the app starts          nothing runs merely because of that: a new task's first run is its next occurrence
//                           (or now: `at_start`), and the schedule of a known one goes on where it was.
//   the app was down        `missed` says what becomes of the occurrences that passed.
//   a run fails             it is logged with the task and the reason, and tried again after 5 s, 10 s, 20 s … 5 min
//                           (a bit more, by chance; never sooner than the failed run took, nor than the source's
//                           Retry-After) until it succeeds or the next occurrence takes its place.
//   a run takes too long    it is cancelled (its frames are destroyed) and has failed: `timeout`.
//   it is due while it runs `overlap` says. Without overlap::allow two runs of a task are never under way at once.
//   the process is killed   the next start, or another process, finds that within 5 s, marks the run as lost and begins
//                           it again. A run may thus happen twice: write tasks so that they converge (load<> does).
//   two processes share a database   an occurrence runs in one of them.
// A bad spec, an unknown zone and a name used twice are reported, with file and line, when the app starts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "croft/callback.hpp"
#include "croft/task.hpp"
#include "croft/time.hpp"

namespace croft {

class json;

/// CROFT_EVERY(2 * days, tidy_up). (std::chrono::days is a type: days{14}.)
inline constexpr duration days = std::chrono::hours{24};
inline constexpr duration weeks = 7 * days;

/// What becomes of occurrences that passed while the app was down (or the machine asleep).
enum class missed : std::uint8_t {
    skip,      ///< they are noted as skipped
    run_once,  ///< one run for all of them, at once
    run_all,   ///< one run for each, one after the other: the last `most_missed` of them
};

/// What happens when a task is due while it still runs.
enum class overlap : std::uint8_t {
    skip,            ///< the occurrence is noted as skipped
    queue_one,       ///< it runs right afterwards; several such make one run
    allow,           ///< it runs beside it
    cancel_running,  ///< the one under way is cancelled, and it runs instead
};

struct task_options {
    /// An IANA name such as "Europe/Berlin"; without it UTC. For CROFT_CRON only.
    std::string timezone = {};
    croft::missed missed = croft::missed::run_once;
    croft::overlap overlap = croft::overlap::skip;
    /// How long a run may take; zero: as long as it likes.
    duration timeout = std::chrono::hours{1};
    /// How often a failed run is tried again; without it, until the next occurrence takes its place.
    std::optional<int> retries = {};
    /// The pause before the first retry; each further one is twice as long, up to `retry_to`.
    duration retry_from = std::chrono::seconds{5};
    duration retry_to = std::chrono::minutes{5};
    /// A task that has never run does so as soon as the app starts.
    bool at_start = false;
    /// missed::run_all: older occurrences than this many are not made up for.
    int most_missed = 100;
    /// Occurrences that passed longer ago than this are not made up for either.
    std::optional<duration> missed_grace = {};
    /// Each occurrence begins up to so much later: always by the same time, but another for each task and occurrence,
    /// so that not everything begins at the full hour.
    duration jitter = 0s;
    /// When it must not begin: "22:00-06:00", or several with commas, in its timezone. What is due then begins when
    /// that is over; what runs goes on.
    std::string quiet = {};
    /// A task that must not be under way, due or failing when this one begins: "scrape_items". When that failed for
    /// good, this one's occurrence is noted as skipped.
    std::string after = {};
};

/// What the run was asked for with: `tasks run NAME key=value …`, or scheduler::run_now(name, arguments). An empty
/// object in a run by schedule. Throws croft::error outside of a task's run.
const json& run_arguments();

/// Adds to the numbers that are kept with the run that calls it; nothing outside of one. load<> counts the rows that it
/// takes in, changed or not; http::site its requests and the bytes of their answers, robots.txt and retries included.
struct run_numbers {
    std::int64_t rows = 0, requests = 0, bytes = 0;
};
void count_for_run(run_numbers more);

/// Marks the run that calls it: it goes on and may go well, but somebody should have a look. The reason is logged as a
/// warning and kept in croft_run.marks; `tasks`, `tasks show` and the operator's page show it. load() does so when it
/// refuses a removal. Outside of a task's run it is only logged.
void mark_run(std::string why);

namespace work {

/// A task as it was declared.
struct task_info {
    std::string function;  // "scrape_things"
    std::string file;      // __FILE__
    int line = 0;
    std::variant<std::string, duration> when;  // a cron expression or an interval
    callback<task<>()> start;
    task_options options;
    std::string name;  // "items.scrape_things"
};

/// "…/apps/items/tasks.cpp", "ingest" -> "items.ingest"
std::string task_name(std::string_view file, std::string_view function);

/// Adds to the program's tasks; called before main(). Gives true.
bool declare_task(task_info task) noexcept;

}  // namespace work
}  // namespace croft

#define CROFT_SCHEDULED_TASK(When, Name, ...)                                                      \
    static ::croft::task<> Name();                                                                 \
    [[maybe_unused]] static const bool croft_task_declared_##Name = [] {                           \
        using namespace ::croft;                                                                   \
        ::croft::task_options options __VA_OPT__(=) __VA_ARGS__;                                   \
        return ::croft::work::declare_task({#Name, __FILE__, __LINE__, When, &Name, options, {}}); \
    }();                                                                                           \
    static ::croft::task<> Name()

/// CROFT_CRON("H/30 * * * *", scrape_things) { … }: a task<> that runs by a cron expression. See the head of this file.
#define CROFT_CRON(Spec, Name, ...) CROFT_SCHEDULED_TASK(::std::string(Spec), Name, __VA_ARGS__)

/// CROFT_EVERY(30s, poll_chat) { … }: a task<> that runs at this interval, counted from when it was first seen. The
/// interval is at least a second.
#define CROFT_EVERY(Interval, Name, ...) CROFT_SCHEDULED_TASK(::croft::duration(Interval), Name, __VA_ARGS__)
