#include "app/host_check.hpp"

#include <gtest/gtest.h>

namespace croft::app {
namespace {

TEST(host_check, names_of_this_machine_are_its_own_with_any_port) {
    for (auto* host : {"localhost", "LOCALHOST:8000", "127.0.0.1:9", "[::1]", "[::1]:8000"})
        EXPECT_TRUE(is_own_host(host, "127.0.0.1:8000")) << host;
}

TEST(host_check, a_strangers_name_is_refused_even_if_it_looks_like_ours) {
    for (auto* host : {"evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example", "[::2]",
                       "localhost@evil.example", "evil.example:localhost"})
        EXPECT_FALSE(is_own_host(host, "127.0.0.1:8000")) << host;
}

TEST(host_check, the_configured_host_is_its_own) {
    EXPECT_TRUE(is_own_host("almanac.test:8000", "almanac.test:8000"));
    EXPECT_TRUE(is_own_host("127.3.3.3", "127.3.3.3:80"));
    EXPECT_FALSE(is_own_host("other.test", "almanac.test:8000"));
}

TEST(host_check, no_host_at_all_is_no_browser) { EXPECT_TRUE(is_own_host("", "127.0.0.1:8000")); }

}  // namespace
}  // namespace croft::app
