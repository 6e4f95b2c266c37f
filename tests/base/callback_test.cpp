#include "croft/callback.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace croft {
namespace {

int doubled(int n) { return 2 * n; }

TEST(callback, an_empty_one_says_so_and_a_function_lambda_or_object_can_be_called) {
    callback<int(int)> keep;
    EXPECT_FALSE(keep);
    keep = doubled;
    EXPECT_TRUE(keep);
    EXPECT_EQ(keep(4), 8);
    keep = [by = 3](int n) { return by * n; };
    EXPECT_EQ(keep(4), 12);
}

TEST(callback, copies_are_independent) {
    const callback<int()> first = [count = 0]() mutable { return ++count; };
    EXPECT_EQ(first(), 1);
    const callback<int()> second = first;
    EXPECT_EQ(first(), 2);
    EXPECT_EQ(first(), 3);
    EXPECT_EQ(second(), 2);
}

TEST(callback, what_it_captured_dies_with_the_last_copy) {
    auto captured = std::make_shared<int>(7);
    {
        callback<int()> first = [captured] { return *captured; };
        callback<int()> second = first;
        EXPECT_EQ(captured.use_count(), 3);
        second = std::move(first);
        EXPECT_EQ(second(), 7);
    }
    EXPECT_EQ(captured.use_count(), 1);
}

TEST(callback, arguments_that_can_only_be_moved_are_handed_on) {
    const callback<int(std::unique_ptr<int>)> keep = [](std::unique_ptr<int> n) { return *n; };
    EXPECT_EQ(keep(std::make_unique<int>(5)), 5);
}

}  // namespace
}  // namespace croft
