// log: lines for the operator, on stderr: time (UTC), level, the task that speaks, and the message on one line.
//
//     croft::log::info("items loaded", report);
//     croft::log::warn("{} of {} pages came back empty", empty, pages);
//
// Messages are written as in croft/format.hpp. Control characters are escaped, so what a source sent can't forge lines
// or command the terminal. Lines written inside of a task's run are kept with the run as well. Logging never throws.
// Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "croft/callback.hpp"
#include "croft/format.hpp"
#include "croft/time.hpp"

namespace croft::log {

enum class level : std::uint8_t { debug, info, warn, error, off };

/// Lines below it are dropped. At the start: info.
void set_level(level lowest) noexcept;
/// "debug", "info", "warn", "error" or "off" (CROFT_LOG). Throws config_error for anything else.
void set_level(std::string_view name);
bool enabled(level how) noexcept;

/// One line. Its texts live as long as the call that hands it out.
struct line {
    time_point at;
    log::level level;
    std::string_view task;     ///< "items.ingest"; empty outside of a run
    std::int64_t run = 0;      ///< croft_run.id; 0 outside of a recorded run
    std::string_view message;  ///< with control characters escaped
};

/// While it lives, its function gets every line that isn't dropped, on the thread that wrote it, one after the other.
/// What the function logs itself goes to stderr only; what it throws is lost.
///
///     std::vector<std::string> lines;
///     croft::log::observer keep([&](const croft::log::line& l) { lines.emplace_back(l.message); });
class observer {
public:
    explicit observer(callback<void(const line&)> see);
    ~observer();
    observer(const observer&) = delete;
    observer& operator=(const observer&) = delete;

private:
    callback<void(const line&)> see_;
};

/// Whether lines go to stderr (they do). Observers get them in any case.
void set_stderr(bool on) noexcept;

/// Writes a line whose text is ready.
void write(level how, std::string_view message) noexcept;

namespace detail {
template <class... Arguments>
void say(level how, std::string_view pattern, const Arguments&... arguments) noexcept {
    if (!enabled(how)) return;
    try {
        write(how, format(pattern, arguments...));
    } catch (...) {
        write(how, pattern);  // an argument's own text could not be made
    }
}
}  // namespace detail

template <class... Arguments>
void debug(std::string_view pattern, const Arguments&... arguments) noexcept {
    detail::say(level::debug, pattern, arguments...);
}
template <class... Arguments>
void info(std::string_view pattern, const Arguments&... arguments) noexcept {
    detail::say(level::info, pattern, arguments...);
}
template <class... Arguments>
void warn(std::string_view pattern, const Arguments&... arguments) noexcept {
    detail::say(level::warn, pattern, arguments...);
}
template <class... Arguments>
void error(std::string_view pattern, const Arguments&... arguments) noexcept {
    detail::say(level::error, pattern, arguments...);
}

}  // namespace croft::log
