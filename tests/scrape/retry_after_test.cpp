#include "scrape/retry_after.hpp"

#include <gtest/gtest.h>

using namespace croft;

namespace {

std::optional<duration> of(std::string value) {
    http::response reply;
    reply.headers.add("Retry-After", std::move(value));
    return scrape::retry_after(reply, *parse_time("2026-03-01T00:00:00Z"));
}

}  // namespace

TEST(retry_after, is_seconds_or_a_date) {
    EXPECT_EQ(of("120"), 2min);
    EXPECT_EQ(of(" 0 "), 0s);
    EXPECT_EQ(of("Sun, 01 Mar 2026 00:00:30 GMT"), 30s);
    EXPECT_EQ(of("Sun, 01 Mar 2020 00:00:30 GMT"), 0s);
}

TEST(retry_after, is_a_day_at_most) {
    EXPECT_EQ(of("99999999"), 24h);
    EXPECT_EQ(of("99999999999999999999999"), 24h);
    EXPECT_EQ(of("Sun, 01 Mar 2099 00:00:30 GMT"), 24h);
}

TEST(retry_after, nonsense_is_none) {
    for (const std::string bad : {"", "soon", "-5", "1.5", "Sun, 99 Mar 2026 00:00:30 GMT"})
        EXPECT_EQ(of(bad), std::nullopt) << bad;
    EXPECT_EQ(scrape::retry_after({}, {}), std::nullopt);
}
