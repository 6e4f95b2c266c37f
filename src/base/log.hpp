// What the layers above tell the log: in whose name the current thread speaks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace croft::log {

struct context {
    std::string task;
    std::int64_t run = 0;
};

/// `ask` is called for every line, on the thread that writes it; it must not log. One for the program; any thread.
void set_context(context (*ask)()) noexcept;

/// `text` as one line: control characters (C0, DEL, C1) as \n, \t, \x1b …
std::string one_line(std::string_view text);

}  // namespace croft::log
