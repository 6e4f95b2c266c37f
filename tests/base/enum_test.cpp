#include "croft/enum.hpp"

#include <gtest/gtest.h>

#include "croft/error.hpp"

using namespace croft;

namespace {

enum class hidden : unsigned char { first, last = 127 };
struct outer {
    enum class kind { a, b_2 = 7, also_b = 7 };
};

}  // namespace

TEST(enums, names_come_from_the_enumerators_alone) {
    EXPECT_EQ(enum_name(hidden::first), "first");
    EXPECT_EQ(enum_name(hidden::last), "last");
    EXPECT_EQ(enum_name(outer::kind::also_b), "b_2");
    EXPECT_EQ(enum_from<outer::kind>("b_2"), outer::kind::b_2);
    EXPECT_EQ(enum_from<outer::kind>("also_b"), std::nullopt);
    EXPECT_EQ(enum_from<outer::kind>(""), std::nullopt);
    EXPECT_EQ(detail::names_of<outer::kind>().type, "outer::kind");
    EXPECT_EQ(detail::names_of<outer::kind>().listed, (std::vector<std::string>{"a", "b_2"}));
    try {
        enum_name(static_cast<outer::kind>(3));
        FAIL();
    } catch (const error& e) {
        EXPECT_STREQ(e.what(), "3 is no enumerator of outer::kind (0 to 127 can have names)");
    }
}
