#include "app/stop_signals.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace croft::app {
namespace {

bool has_default_action(int number) {
    struct sigaction now{};
    sigaction(number, nullptr, &now);
    return now.sa_handler == SIG_DFL;
}

TEST(stop_signals, the_first_signal_asks_and_the_next_one_has_its_own_effect_again) {
    for (const int number : {SIGINT, SIGTERM}) {
        run([](int signal_number) -> task<> {
            stop_signals signals;
            EXPECT_FALSE(has_default_action(signal_number));
            raise(signal_number);
            EXPECT_TRUE(co_await signals.asked().wait_for(30s));
            EXPECT_TRUE(has_default_action(SIGINT));
            EXPECT_TRUE(has_default_action(SIGTERM));
        }(number));
    }
}

TEST(stop_signals, when_it_is_gone_signals_are_as_before) {
    run([]() -> task<> {
        {
            stop_signals signals;
        }
        EXPECT_TRUE(has_default_action(SIGINT));
        co_return;
    }());
}

}  // namespace
}  // namespace croft::app
