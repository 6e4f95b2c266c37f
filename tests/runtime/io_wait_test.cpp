#include "runtime/io_wait.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "runtime/loop.hpp"

using namespace croft;

namespace {

using completion = std::function<void(boost::system::error_code, std::size_t)>;

task<> note(runtime::io_wait* wait, completion* into, std::vector<std::size_t>* got) {
    for (int i = 0; i < 2; ++i) {
        const auto [failure, bytes] = co_await (*wait)([&](auto done) { *into = done; });
        got->push_back(bytes);
    }
}

/// Runs `body` while another task waits, twice; `done` completes what it waits for.
void while_it_waits(std::function<task<>(completion& done, std::vector<std::size_t>& got)> body) {
    virtual_clock clock{time_point{}, true};
    auto all = [&]() -> task<> {
        runtime::io_wait wait;
        completion done;
        std::vector<std::size_t> got;
        group tasks;
        tasks.spawn(note(&wait, &done, &got));
        co_await sleep(1s);
        co_await body(done, got);
    };
    run(all(), clock);
}

}  // namespace

TEST(io_wait, gives_what_the_operation_says) {
    while_it_waits([](completion& done, std::vector<std::size_t>& got) -> task<> {
        done({}, 7);
        co_await sleep(1s);
        EXPECT_EQ(got, (std::vector<std::size_t>{7}));
    });
}

TEST(io_wait, is_not_woken_by_an_operation_of_an_earlier_turn) {
    while_it_waits([](completion& done, std::vector<std::size_t>& got) -> task<> {
        const auto first = done;  // as of two operations that are waited for together
        first({}, 1);
        co_await sleep(1s);
        first({}, 2);
        co_await sleep(1s);
        EXPECT_EQ(got, (std::vector<std::size_t>{1}));
        done({}, 3);
        co_await sleep(1s);
        EXPECT_EQ(got, (std::vector<std::size_t>{1, 3}));
    });
}
