#include "text/base64.hpp"

#include <gtest/gtest.h>

using namespace croft::text;

TEST(base64, writes_the_letters_of_the_rfc_and_reads_them_back) {
    for (const auto& [bytes, letters] : {std::pair<std::string, std::string>{"", ""},
                                         {"f", "Zg"},
                                         {"fo", "Zm8"},
                                         {"foo", "Zm9v"},
                                         {"foobar", "Zm9vYmFy"},
                                         {"\xfb\xff", "-_8"}}) {
        EXPECT_EQ(to_base64url(bytes), letters);
        EXPECT_EQ(from_base64url(letters), bytes);
    }
}

TEST(base64, refuses_other_letters_and_bits_too_many) {
    for (const char* bad : {"Z", "Zg==", "Zh", "Zm9+", "Zm 9"}) EXPECT_FALSE(from_base64url(bad)) << bad;
}
