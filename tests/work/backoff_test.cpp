#include "work/backoff.hpp"

#include <gtest/gtest.h>

#include "croft/http_error.hpp"
#include "croft/retry.hpp"

using namespace croft;
using namespace croft::work;

TEST(backoff, doubles_from_five_seconds_to_five_minutes) {
    EXPECT_EQ(backoff({5s, 5min}, 1, 0), 5s);
    EXPECT_EQ(backoff({5s, 5min}, 2, 0), 10s);
    EXPECT_EQ(backoff({5s, 5min}, 6, 0), 160s);
    EXPECT_EQ(backoff({5s, 5min}, 7, 0), 5min);
    EXPECT_EQ(backoff({5s, 5min}, 1'000'000, 0), 5min);
}

TEST(backoff, chance_adds_up_to_a_quarter) {
    EXPECT_EQ(backoff({5s, 5min}, 1, 1), 6250ms);
    EXPECT_EQ(backoff({5s, 5min}, 7, 0.5), 337500ms);
}

TEST(retry_after, is_found_in_an_error_and_in_its_causes) {
    EXPECT_EQ(retry_after(std::make_exception_ptr(retry_later(10min, "closed"))), 10min);
    const http::error limited({.url = "http://x/", .reason = "429", .retry_after = 90s});
    EXPECT_EQ(retry_after(std::make_exception_ptr(limited)), 90s);
    std::exception_ptr outer;
    try {
        try {
            throw retry_later(1min, "closed");
        } catch (...) {
            std::throw_with_nested(error("while loading"));
        }
    } catch (...) {
        outer = std::current_exception();
    }
    EXPECT_EQ(retry_after(outer), 1min);
    EXPECT_EQ(retry_after(std::make_exception_ptr(error("x"))), std::nullopt);
    EXPECT_EQ(retry_after(std::make_exception_ptr(3)), std::nullopt);
    EXPECT_EQ(retry_after(nullptr), std::nullopt);
}
