#include <chrono>

#include <gtest/gtest.h>

#include "croft/time.hpp"

using namespace croft;

namespace {

std::string read(std::string_view text) {
    const auto d = parse_duration(text);
    return d ? to_iso_text(*d) : "column " + std::to_string(d.error().column) + ": " + d.error().message;
}

std::string read_date(std::string_view text) {
    const auto d = parse_date(text);
    return d ? to_text(*d) : "column " + std::to_string(d.error().column) + ": " + d.error().message;
}

}  // namespace

TEST(durations, iso_texts_are_exact_and_read_back) {
    EXPECT_EQ(to_iso_text(0s), "PT0S");
    EXPECT_EQ(to_iso_text(26h + 30min), "P1DT2H30M");
    EXPECT_EQ(to_iso_text(500ms), "PT0.5S");
    EXPECT_EQ(to_iso_text(-1min), "-PT1M");
    EXPECT_EQ(to_iso_text(24h), "P1D");
    EXPECT_EQ(to_iso_text(1us), "PT0.000001S");
    for (const auto d : {duration::max(), -duration::max(), duration{1}, duration{-1}, duration{86'399'999'999}})
        EXPECT_EQ(*parse_duration(to_iso_text(d)), d);
}

TEST(durations, both_forms_are_read_and_anything_else_is_refused_with_its_place) {
    EXPECT_EQ(read("P2W"), "P14D");
    EXPECT_EQ(read("P1DT2H"), "P1DT2H");
    EXPECT_EQ(read("PT1.5S"), "PT1.5S");
    EXPECT_EQ(read("PT0,5H"), "PT30M");
    EXPECT_EQ(read("-PT90M"), "-PT1H30M");
    EXPECT_EQ(read("01:30:00"), "PT1H30M");
    EXPECT_EQ(read("90:00.5"), "PT1H30M0.5S");
    EXPECT_EQ(read("PT0.0000019S"), "PT0.000001S");
    EXPECT_EQ(read(""), "column 1: expected a number");
    EXPECT_EQ(read("90"), "column 3: expected a duration such as PT1H30M or 01:30:00: a number alone has no unit");
    EXPECT_EQ(read("P1Y"), "column 3: years and months have no fixed length: give days");
    EXPECT_EQ(read("P1M"), "column 3: years and months have no fixed length: give days");
    EXPECT_EQ(read("PT1S2M"), "column 6: expected one of W, D, H, M, S, each once and in this order");
    EXPECT_EQ(read("P"), "column 2: expected a number and its unit");
    EXPECT_EQ(read("PT"), "column 3: expected a number and its unit");
    EXPECT_EQ(read("PT1.5H2M"), "column 7: only the last part may have a fraction");
    EXPECT_EQ(read("1:60"), "column 5: minutes and seconds go to 59");
    EXPECT_EQ(read("1:2:3:4"), "column 7: expected at most hours, minutes and seconds");
    EXPECT_EQ(read("P99999999999D"), "column 1: the duration is longer than 292,000 years");
    EXPECT_EQ(read("P99999999999999999999999999999999999999999999D"),
              "column 1: the duration is longer than 292,000 years");
}

TEST(dates, are_read_and_written_and_a_day_that_is_not_there_is_refused) {
    EXPECT_EQ(read_date("2026-03-01"), "2026-03-01");
    EXPECT_EQ(read_date("0001-01-01"), "0001-01-01");
    EXPECT_EQ(read_date("9999-12-31"), "9999-12-31");
    EXPECT_EQ(read_date("2024-02-29"), "2024-02-29");
    EXPECT_EQ(read_date("2026-02-29"), "column 9: the month 2026-02 has no day 29");
    EXPECT_EQ(read_date("2026-03-01T00:00"), "column 11: expected the end of the date");
    EXPECT_EQ(read_date("01.03.2026"), "column 3: expected 4 digits for the year");
    EXPECT_EQ(to_text(date(std::chrono::year{2026} / 3 / 1) + std::chrono::days{31}), "2026-04-01");
}
