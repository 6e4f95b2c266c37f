#include "croft/time.hpp"

#include <gtest/gtest.h>

namespace {

std::string again(std::string_view text) {
    auto t = croft::parse_time(text);
    return t ? croft::to_text(*t) : t.error().describe();
}

}  // namespace

TEST(time, text_is_utc_with_microseconds_in_a_fixed_width) {
    EXPECT_EQ(croft::to_text(croft::time_point{}), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(croft::to_text(croft::time_point{croft::duration{-1}}), "1969-12-31T23:59:59.999999Z");
}

TEST(time, a_moment_beyond_the_year_9999_is_shown_as_the_last_one_that_fits) {
    EXPECT_EQ(croft::to_text(croft::time_point::max()), "9999-12-31T23:59:59.999999Z");
    EXPECT_EQ(croft::to_text(croft::time_point::min()), "0001-01-01T00:00:00.000000Z");
}

TEST(time, rfc_3339_is_read_with_its_offset) {
    EXPECT_EQ(again("2026-03-01T01:30:15.25+01:00"), "2026-03-01T00:30:15.250000Z");
    EXPECT_EQ(again("2026-03-01 00:00:00-05:30"), "2026-03-01T05:30:00.000000Z");
    EXPECT_EQ(again("2024-02-29t23:59:59.1234567z"), "2024-02-29T23:59:59.123456Z");
}

TEST(time, seconds_may_be_left_out) { EXPECT_EQ(again("2026-03-01T00:00Z"), "2026-03-01T00:00:00.000000Z"); }

TEST(time, a_leap_second_is_the_start_of_the_next_minute) {
    EXPECT_EQ(again("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00.000000Z");
}

TEST(time, a_failure_points_at_the_part_that_is_wrong) {
    EXPECT_EQ(again("2026-13-01T00:00Z"), "line 1, column 6: month 13 is out of range: 1 to 12");
    EXPECT_EQ(again("2026-02-29T00:00Z"), "line 1, column 9: the month 2026-02 has no day 29");
    EXPECT_EQ(again("2026-02-01T24:00Z"), "line 1, column 12: hour 24 is out of range: 0 to 23");
    EXPECT_EQ(again("2026-02-01T00:00:00.Z"), "line 1, column 21: expected a digit after the decimal point");
    EXPECT_EQ(again("2026-02-01T00:00Zulu"), "line 1, column 18: expected the end of the time");
    EXPECT_EQ(again("yesterday"), "line 1, column 1: expected 4 digits for the year");
    EXPECT_EQ(again(""), "line 1, column 1: expected 4 digits for the year");
}

TEST(time, a_time_without_an_offset_is_refused_because_it_is_no_moment) {
    EXPECT_EQ(again("2026-03-01T00:00:00"), "line 1, column 20: expected 'Z' or an offset from UTC such as +01:00");
}
