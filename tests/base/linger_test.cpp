#include "base/linger.hpp"

#include <gtest/gtest.h>

TEST(linger, is_over_at_the_first_look_where_it_has_come_already) {
    int looks = 0;
    EXPECT_TRUE(croft::linger_until([&] { return ++looks > 0; }));
    EXPECT_EQ(looks, 1);
}

TEST(linger, gives_up_after_a_moment) {
    int looks = 0;
    EXPECT_FALSE(croft::linger_until([&] { return ++looks < 0; }));
    EXPECT_GT(looks, 0);
}
