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

}  // namespace

TEST(io_wait, gives_what_the_operation_says) {
    virtual_clock clock{time_point{}, true};
    run(
        []() -> task<> {
            runtime::io_wait wait;
            completion done;
            std::vector<std::size_t> got;
            group tasks;
            tasks.spawn(note(&wait, &done, &got));
            co_await sleep(1s);
            done({}, 7);
            co_await sleep(1s);
            EXPECT_EQ(got, (std::vector<std::size_t>{7}));
        }(),
        clock);
}

TEST(io_wait, is_not_woken_by_an_operation_of_an_earlier_turn) {
    virtual_clock clock{time_point{}, true};
    run(
        []() -> task<> {
            runtime::io_wait wait;
            completion done;
            std::vector<std::size_t> got;
            group tasks;
            tasks.spawn(note(&wait, &done, &got));
            co_await sleep(1s);
            const auto first = done;  // as of two operations that are waited for together
            first({}, 1);
            co_await sleep(1s);
            first({}, 2);
            co_await sleep(1s);
            EXPECT_EQ(got, (std::vector<std::size_t>{1}));
            done({}, 3);
            co_await tasks.wait();
            EXPECT_EQ(got, (std::vector<std::size_t>{1, 3}));
        }(),
        clock);
}
