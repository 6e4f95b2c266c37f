#include "base/linger.hpp"

#include <gtest/gtest.h>

TEST(linger, ends_when_what_is_expected_comes) {
    int looks = 0;
    EXPECT_TRUE(croft::linger_until([&] { return ++looks == 3; }));
    EXPECT_EQ(looks, 3);
}

TEST(linger, gives_up_after_a_moment) {
    int looks = 0;
    EXPECT_FALSE(croft::linger_until([&] { return ++looks < 0; }));
    EXPECT_GT(looks, 0);
}
