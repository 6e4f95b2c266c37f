#include "croft/error.hpp"

#include <gtest/gtest.h>

TEST(error, a_parse_error_names_source_line_and_column) {
    croft::parse_error e("feed.json", {"expected ','", 3, 7});
    EXPECT_STREQ(e.what(), "feed.json, line 3, column 7: expected ','");
}

TEST(error, describe_appends_the_causes_only_when_asked) {
    std::exception_ptr failure;
    try {
        try {
            throw croft::error("disk is full");
        } catch (...) {
            std::throw_with_nested(croft::error("items.scrape failed"));
        }
    } catch (...) {
        failure = std::current_exception();
    }
    EXPECT_EQ(croft::describe(failure), "items.scrape failed");
    EXPECT_EQ(croft::describe(failure, true), "items.scrape failed: disk is full");
}
