// SIGINT and SIGTERM as an event: the first one asks the program to stop; the second one ends it at once, as it would
// have without us.
//
//     stop_signals signals;
//     co_await signals.asked().wait();
//
// Loop thread only; one at a time.
#pragma once

#include <memory>

#include "croft/task.hpp"

namespace croft::app {

class stop_signals {
public:
    stop_signals();
    ~stop_signals();
    stop_signals(const stop_signals&) = delete;
    stop_signals& operator=(const stop_signals&) = delete;

    event& asked() noexcept { return asked_; }

private:
    struct inside;
    event asked_;
    std::unique_ptr<inside> inside_;
};

}  // namespace croft::app
