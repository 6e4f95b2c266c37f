// For commands that print what happens until they are stopped: `tasks tail`, `jobs tail`. Main thread.
#pragma once

#include <cstdio>
#include <utility>

#include "app/stop_signals.hpp"
#include "cli/in_app.hpp"

namespace croft::cli {

/// Calls `look`, a callable that gives a task<>, once a second, where query<…>() finds the database, until the program
/// is asked to stop. Throws what it throws.
template <class F>
void follow(const context& now, F look) {
    in_app(now, [&]() -> task<> {
        app::stop_signals signals;
        bool said = false;
        do {
            co_await look();
            std::fflush(stdout);
            if (!std::exchange(said, true))
                std::fputs("what happens from here on is printed; Ctrl-C ends it\n", stderr);
        } while (!co_await signals.asked().wait_for(1s));
    });
}

}  // namespace croft::cli
