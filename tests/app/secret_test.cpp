#include "app/secret.hpp"

#include <gtest/gtest.h>

namespace croft::app {
namespace {

TEST(secret, a_password_in_an_address_is_not_shown) {
    EXPECT_EQ(without_password("postgres://me:hunter2@db/x"), "postgres://me:***@db/x");
    EXPECT_EQ(without_password("https://me:a:b@c@host/p"), "https://me:***@host/p");
    EXPECT_EQ(without_password("postgresql://me:a#b@host/p"), "postgresql://me:***@host/p");
    EXPECT_EQ(without_password("postgresql://h/x?sslpassword=p"), "postgresql://h/x?sslpassword=***");
    EXPECT_EQ(without_password("https://host/x?a=1&token=t&b=2"), "https://host/x?a=1&token=***&b=2");
    EXPECT_EQ(without_password("https://host/x?password=p#f"), "https://host/x?password=***#f");
}

TEST(secret, everything_else_is) {
    for (auto* plain :
         {"sqlite:almanac.db", "https://me@host:80/x", "https://host/a:b@c", "", "postgres://", "https://h?tokens=1"})
        EXPECT_EQ(without_password(plain), plain);
}

}  // namespace
}  // namespace croft::app
