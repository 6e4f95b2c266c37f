#include "croft/stream.hpp"

#include <gtest/gtest.h>

#include <string>

using namespace croft;

namespace {

stream<int> count_to(int last, int* produced = nullptr, duration pause = 0us) {
    for (int i = 1; i <= last; ++i) {
        if (pause > 0us) co_await sleep(pause);
        if (produced) *produced = i;
        co_yield i;
    }
}

stream<int> breaks_after(int good) {
    for (int i = 1; i <= good; ++i) co_yield i;
    throw error("source broke");
}

task<int> slow_square(int n) {
    co_await sleep(std::chrono::seconds(10 - n));  // later ones finish first
    co_return n* n;
}

struct stream_test : testing::Test {
    virtual_clock clock{time_point{}, true};
};

}  // namespace

TEST_F(stream_test, gives_its_elements_in_order_then_nothing) {
    auto body = []() -> task<std::vector<int>> {
        auto numbers = count_to(3);
        std::vector<int> seen;
        while (auto n = co_await numbers.next()) seen.push_back(*n);
        EXPECT_FALSE(co_await numbers.next());
        co_return seen;
    };
    EXPECT_EQ(run(body(), clock), (std::vector{1, 2, 3}));
}

TEST_F(stream_test, a_million_elements_through_three_stages_keep_the_stack_flat) {
    auto body = []() -> task<long> {
        auto numbers = count_to(1'000'000) | each([](int n) { return long(n); }) | each([](long n) { return n * 2; });
        long sum = 0;
        while (auto n = co_await numbers.next()) sum += *n;
        co_return sum;
    };
    EXPECT_EQ(run(body(), clock), 1'000'001'000'000);
}

TEST_F(stream_test, produces_only_what_is_asked_for) {
    int produced = 0;
    auto body = [&]() -> task<> {
        auto numbers = count_to(100, &produced);
        co_await numbers.next();
        co_await numbers.next();
    };
    run(body(), clock);
    EXPECT_EQ(produced, 2);
}

TEST_F(stream_test, concurrently_keeps_the_order_and_the_limit) {
    int produced = 0;
    auto body = [&]() -> task<std::vector<int>> {
        auto squares = count_to(5, &produced) | concurrently(2, slow_square);
        auto first = co_await squares.next();
        EXPECT_EQ(*first, 1);
        EXPECT_LE(produced, 2);
        co_return co_await (std::move(squares) | collect());
    };
    EXPECT_EQ(run(body(), clock), (std::vector{4, 9, 16, 25}));
    EXPECT_LT(clock.monotonic(), 9s + 8s + 7s + 6s + 5s);
}

TEST_F(stream_test, each_flattens_a_range_and_batch_groups_with_a_short_last) {
    auto body = []() -> task<std::vector<std::size_t>> {
        auto batches =
            count_to(5, nullptr, 1s) | each([](int n) { return std::vector<int>(std::size_t(n), n); }) | batch(4);
        std::vector<std::size_t> sizes;
        while (auto b = co_await batches.next()) sizes.push_back(b->size());
        co_return sizes;
    };
    EXPECT_EQ(run(body(), clock), (std::vector<std::size_t>{4, 4, 4, 3}));
}

TEST_F(stream_test, pairs_are_spread_over_a_function_of_two_parameters) {
    auto body = []() -> task<std::vector<std::string>> {
        co_return co_await (count_to(2) | each([](int n) { return std::pair(n, std::string("x")); }) |
                            each([](int n, std::string s) { return s + std::to_string(n); }) | collect());
    };
    EXPECT_EQ(run(body(), clock), (std::vector<std::string>{"x1", "x2"}));
}

TEST_F(stream_test, a_failure_of_the_source_or_of_a_worker_reaches_the_consumer) {
    auto source = []() -> task<> { co_await (breaks_after(2) | each([](int n) { return n; }) | collect()); };
    EXPECT_THROW(run(source(), clock), error);
    auto worker = []() -> task<> {
        co_await (count_to(3) |
                  concurrently(2,
                               [](int n) -> task<int> {
                                   co_await sleep(1s);
                                   if (n == 2) throw error("two");
                                   co_return n;
                               }) |
                  collect());
    };
    EXPECT_THROW(run(worker(), clock), error);
}

TEST_F(stream_test, dropping_a_stream_half_way_destroys_its_workers) {
    int alive = 0;
    struct guard {
        int* count;
        explicit guard(int* c) : count(c) { ++*count; }
        ~guard() { --*count; }
    };
    auto body = [&]() -> task<> {
        auto squares = count_to(9) | concurrently(4, [&](int n) -> task<int> {
                           guard g(&alive);
                           co_await sleep(std::chrono::seconds(n));
                           co_return n;
                       });
        co_await squares.next();
        EXPECT_GT(alive, 0);
    };
    run(body(), clock);
    EXPECT_EQ(alive, 0);
}
