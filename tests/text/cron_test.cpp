#include "text/cron.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace {

using croft::text::cron;
using croft::text::cron_options;
using testing::StartsWith;
using strings = std::vector<std::string>;

croft::time_point at(std::string_view text) { return croft::parse_time(text).value(); }

/// "2026-03-01T00:00" and, where it isn't 0, the second.
std::string brief(croft::time_point t) {
    const auto text = croft::to_text(t);
    return text.substr(17, 2) == "00" ? text.substr(0, 16) : text.substr(0, 19);
}

strings upcoming(std::string_view expression, std::string_view after, std::size_t count, cron_options options = {}) {
    const auto schedule = cron::parse(expression, options);
    if (!schedule) return {schedule.error().describe()};
    strings found;
    for (auto t = schedule->next(at(after)); t && found.size() < count; t = schedule->next(*t))
        found.push_back(brief(*t));
    return found;
}

strings gone(std::string_view expression, std::string_view before, std::size_t count, cron_options options = {}) {
    const auto schedule = cron::parse(expression, options);
    if (!schedule) return {schedule.error().describe()};
    strings found;
    for (auto t = schedule->previous(at(before)); t && found.size() < count; t = schedule->previous(*t))
        found.push_back(brief(*t));
    return found;
}

std::string refusal(std::string_view expression, cron_options options = {}) {
    const auto schedule = cron::parse(expression, options);
    return schedule ? "accepted" : schedule.error().describe();
}

}  // namespace

TEST(cron, next_is_strictly_after_and_previous_strictly_before) {
    EXPECT_EQ(upcoming("30 6 * * *", "2026-03-01T06:30Z", 1), strings{"2026-03-02T06:30"});
    EXPECT_EQ(upcoming("30 6 * * *", "2026-03-01T06:29:59.999999Z", 1), strings{"2026-03-01T06:30"});
    EXPECT_EQ(gone("30 6 * * *", "2026-03-01T06:30Z", 1), strings{"2026-02-28T06:30"});
    EXPECT_EQ(gone("30 6 * * *", "2026-03-01T06:30:00.000001Z", 1), strings{"2026-03-01T06:30"});
}

TEST(cron, a_step_starts_anew_with_every_month) {
    EXPECT_EQ(upcoming("0 0 */10 * *", "2026-02-28T12:00Z", 2), (strings{"2026-03-01T00:00", "2026-03-11T00:00"}));
}

TEST(cron, ranges_wrap_around_the_end_of_their_field) {
    EXPECT_EQ(
        upcoming("0 22-1 * * *", "2026-03-01T12:00Z", 5),
        (strings{"2026-03-01T22:00", "2026-03-01T23:00", "2026-03-02T00:00", "2026-03-02T01:00", "2026-03-02T22:00"}));
    EXPECT_EQ(upcoming("0 0 1 nov-feb *", "2026-03-01T12:00Z", 4),
              (strings{"2026-11-01T00:00", "2026-12-01T00:00", "2027-01-01T00:00", "2027-02-01T00:00"}));
}

TEST(cron, zero_and_seven_are_both_sunday) {
    EXPECT_EQ(upcoming("0 0 * * 0", "2026-03-02T00:00Z", 2), upcoming("0 0 * * 7", "2026-03-02T00:00Z", 2));
    EXPECT_EQ(upcoming("0 0 * * 6-7", "2026-03-02T00:00Z", 2), (strings{"2026-03-07T00:00", "2026-03-08T00:00"}));
}

TEST(cron, a_start_with_a_step_goes_on_to_the_end_of_the_field) {
    EXPECT_EQ(upcoming("50/5 0 * * *", "2026-03-01T00:00Z", 3),
              (strings{"2026-03-01T00:50", "2026-03-01T00:55", "2026-03-02T00:50"}));
}

TEST(cron, day_of_month_and_weekday_mean_either_unless_both_are_asked_for) {
    EXPECT_EQ(upcoming("0 0 13 * fri", "2026-03-01T00:00Z", 3),
              (strings{"2026-03-06T00:00", "2026-03-13T00:00", "2026-03-20T00:00"}));
    EXPECT_EQ(upcoming("0 0 13 * fri", "2026-03-01T00:00Z", 2, {.day_or = false}),
              (strings{"2026-03-13T00:00", "2026-11-13T00:00"}));
}

TEST(cron, last_days_and_nth_weekdays_follow_the_month) {
    EXPECT_EQ(upcoming("0 0 L * *", "2024-01-31T12:00Z", 2), (strings{"2024-02-29T00:00", "2024-03-31T00:00"}));
    EXPECT_EQ(upcoming("0 0 * * fri#2", "2026-03-01T00:00Z", 2), (strings{"2026-03-13T00:00", "2026-04-10T00:00"}));
    EXPECT_EQ(upcoming("0 0 * * L5", "2026-03-01T00:00Z", 2), (strings{"2026-03-27T00:00", "2026-04-24T00:00"}));
    EXPECT_EQ(upcoming("0 0 * * sun#5", "2026-03-30T00:00Z", 2), (strings{"2026-05-31T00:00", "2026-08-30T00:00"}));
}

TEST(cron, the_nearest_weekday_stays_in_its_month) {
    // 15 August 2026 and 1 August are Saturdays, 31 May is a Sunday.
    EXPECT_EQ(upcoming("0 0 15W 8 *", "2026-01-01T00:00Z", 1), strings{"2026-08-14T00:00"});
    EXPECT_EQ(upcoming("0 0 1W 8 *", "2026-01-01T00:00Z", 1), strings{"2026-08-03T00:00"});
    EXPECT_EQ(upcoming("0 0 31W 5 *", "2026-01-01T00:00Z", 1), strings{"2026-05-29T00:00"});
}

TEST(cron, a_sixth_field_is_the_second_and_stands_last_unless_said_otherwise) {
    EXPECT_EQ(upcoming("0 12 * * * 5,35", "2026-03-01T12:00:05Z", 2),
              (strings{"2026-03-01T12:00:35", "2026-03-02T12:00:05"}));
    EXPECT_EQ(upcoming("5,35 0 12 * * *", "2026-03-01T12:00:05Z", 2, {.seconds_first = true}),
              (strings{"2026-03-01T12:00:35", "2026-03-02T12:00:05"}));
}

TEST(cron, a_seventh_field_is_the_year_and_after_the_last_one_there_is_no_next) {
    EXPECT_EQ(upcoming("0 0 1 1 * 0 2027-2028", "2026-03-01T00:00Z", 9),
              (strings{"2027-01-01T00:00", "2028-01-01T00:00"}));
    EXPECT_EQ(gone("0 0 1 1 * 0 2027-2028", "2026-03-01T00:00Z", 9), strings{});
}

TEST(cron, aliases_are_written_out) {
    EXPECT_EQ(upcoming("@weekly", "2026-03-02T00:00Z", 1), strings{"2026-03-08T00:00"});
    EXPECT_EQ(upcoming(" @Yearly ", "2026-03-02T00:00Z", 1), strings{"2027-01-01T00:00"});
}

TEST(cron, a_hash_gives_the_same_values_as_croniter) {  // crc32("hello") is 907060870
    EXPECT_EQ(upcoming("H H * * *", "2026-03-01T00:00Z", 1, {.hash_id = "hello"}), strings{"2026-03-01T11:10"});
    EXPECT_EQ(upcoming("H(30-59)/10 * * * *", "2026-03-01T00:00Z", 4, {.hash_id = "hello"}),
              (strings{"2026-03-01T00:30", "2026-03-01T00:40", "2026-03-01T00:50", "2026-03-01T01:30"}));
    EXPECT_EQ(upcoming("@daily", "2026-03-01T00:00Z", 1, {.hash_id = "hello"}), strings{"2026-03-01T11:10:32"});
}

TEST(cron, a_hashed_step_wider_than_its_range_has_one_value_in_it) {
    for (int id = 0; id < 50; ++id) {
        const auto due = upcoming("0 H(22-23)/5 * * *", "2026-03-01T00:00Z", 2, {.hash_id = std::to_string(id)});
        ASSERT_EQ(due.size(), 2U) << id;
        EXPECT_EQ(due[0].substr(11), due[1].substr(11)) << id;
        EXPECT_GE(due[0].substr(11), "22:00") << id;
    }
}

TEST(cron, random_fields_depend_on_the_seed_alone) {
    const auto first = upcoming("R R * * *", "2026-03-01T00:00Z", 1, {.seed = 1});
    EXPECT_EQ(upcoming("R R * * *", "2026-03-01T00:00Z", 1, {.seed = 1}), first);
    EXPECT_NE(upcoming("R R * * *", "2026-03-01T00:00Z", 1, {.seed = 2}), first);
}

TEST(cron, every_counts_its_interval_from_1970) {
    EXPECT_EQ(upcoming("@every 90s", "2026-03-01T00:00Z", 3),
              (strings{"2026-03-01T00:01:30", "2026-03-01T00:03", "2026-03-01T00:04:30"}));
    EXPECT_EQ(gone("@every 1h30m", "2026-03-01T00:00Z", 1), strings{"2026-02-28T22:30"});
    EXPECT_EQ(upcoming("@every 1h30m", "1969-12-31T23:00Z", 1), strings{"1970-01-01T00:00"});
    EXPECT_EQ(gone("@every 1h30m", "1969-12-31T23:00Z", 1), strings{"1969-12-31T22:30"});
}

TEST(cron, a_time_matches_for_the_whole_minute_or_with_a_second_field_for_the_second) {
    const auto minutely = cron::parse("30 6 * * *").value(), secondly = cron::parse("30 6 * * * 10").value();
    EXPECT_TRUE(minutely.matches(at("2026-03-01T06:30:59.999Z")));
    EXPECT_FALSE(minutely.matches(at("2026-03-01T06:31Z")));
    EXPECT_TRUE(secondly.matches(at("2026-03-01T06:30:10.5Z")));
    EXPECT_FALSE(secondly.matches(at("2026-03-01T06:30:11Z")));
}

TEST(cron, rare_dates_are_found_across_a_century_without_a_leap_day) {
    EXPECT_EQ(upcoming("0 0 29 2 mon", "2073-01-01T00:00Z", 1, {.day_or = false}), strings{"2112-02-29T00:00"});
    EXPECT_EQ(gone("0 0 29 2 mon", "2112-01-01T00:00Z", 1, {.day_or = false}), strings{"2072-02-29T00:00"});
}

TEST(cron, a_day_that_never_comes_is_refused) {
    EXPECT_EQ(refusal("0 0 31 feb *"),
              "line 1, column 5: day of month \"31\" never comes with these months, weekdays and years");
    EXPECT_EQ(refusal("0 0 29 2 * 0 2021-2023"),
              "line 1, column 5: day of month \"29\" never comes with these months, weekdays and years");
    EXPECT_EQ(refusal("0 0 31 feb mon"), "accepted") << "Mondays come";
}

TEST(cron, a_day_that_never_comes_can_be_let_through_and_then_has_no_next) {
    const auto never = cron::parse("0 0 30 2 *", {.may_never = true}).value();
    EXPECT_EQ(never.next(at("2026-03-01T00:00Z")), std::nullopt);
    EXPECT_EQ(never.previous(at("2026-03-01T00:00Z")), std::nullopt);
    EXPECT_FALSE(never.matches(at("2026-03-01T00:00Z")));
}

TEST(cron, the_ends_of_time_are_no_trap) {
    const auto minutely = cron::parse("* * * * *", {.timezone = "Europe/Berlin"}).value();
    const auto daily = cron::parse("0 0 * * *", {.timezone = "America/New_York"}).value();
    const auto interval = cron::parse("@every 366d").value();
    for (const auto& each : {minutely, daily, interval}) {
        EXPECT_EQ(each.next(croft::time_point::max()), std::nullopt);
        EXPECT_EQ(each.previous(croft::time_point::min()), std::nullopt);
        EXPECT_NE(each.next(croft::time_point::min()), std::nullopt);
        EXPECT_NE(each.previous(croft::time_point::max()), std::nullopt);
    }
}

TEST(cron, a_failure_points_at_the_part_and_says_what_is_allowed) {
    EXPECT_EQ(refusal("0  25,3 * * *"),
              "line 1, column 4: hour \"25\" is out of range; allowed: 0-23, lists (9,17), ranges (9-17), steps (*/2), "
              "H and R");
    EXPECT_THAT(refusal("0 3,25 * * *"), StartsWith("line 1, column 5: hour \"25\" is out of range; a"));
    EXPECT_THAT(refusal("0 0 * janu *"), StartsWith("line 1, column 7: month \"janu\" is not understood;"));
    EXPECT_THAT(refusal("*/0 * * * *"),
                StartsWith("line 1, column 1: minute \"*/0\" must have a number from 1 after '"));
    EXPECT_THAT(refusal("* * * *"), StartsWith("line 1, column 1: a cron expression has 5, 6 or 7 fields (minu"));
    EXPECT_EQ(refusal("0 0 * * 5,6#3"),
              "line 1, column 9: weekday \"5,6#3\" mixes plain weekdays with # or L; allowed: one kind");
    EXPECT_THAT(refusal("H * * * *"), StartsWith("line 1, column 1: minute \"h\" needs a hash_id to be hash"));
    EXPECT_EQ(refusal("@every 5x"), "line 1, column 9: @every takes numbers with s, m, h or d, such as 90s or 1h30m");
    EXPECT_EQ(refusal("@every 9999d"), "line 1, column 8: @every takes an interval from 1s to 366d");
    EXPECT_EQ(refusal(std::string(2000, '*')),
              "line 1, column 1025: a cron expression has at most 1024 bytes, this has 2000");
}

TEST(cron, numbers_too_long_for_any_field_are_out_of_range_not_wrapped) {
    EXPECT_THAT(refusal("0 0 1 * * 0 4294969296"),
                StartsWith("line 1, column 13: year \"4294969296\" is out of range; allowed"));
    EXPECT_EQ(upcoming("0/99999999999999999999 0 * * *", "2026-03-01T00:00Z", 1), strings{"2026-03-02T00:00"});
}

TEST(cron, what_no_dialect_means_is_refused) {
    for (const auto* expression : {"",
                                   "*",
                                   "@never",
                                   "1,,2 * * * *",
                                   "1, * * * *",
                                   "5-1-2 * * * *",
                                   "*-5 * * * *",
                                   "1/2/3 * * * *",
                                   "+1 * * * *",
                                   "* * l-5 * *",
                                   "* * L/2 * *",
                                   "* * 1,15W * *",
                                   "* * 32W * *",
                                   "* * * * 1#6",
                                   "* * * * L",
                                   "* * * * L8",
                                   "* * * * #2",
                                   "H(9-3) * * * *",
                                   "H(1-2 * * * *",
                                   "H(0-99) * * * *",
                                   "H/0 * * * *",
                                   "H,5 * * * *",
                                   "* * * 0 *",
                                   "* * 0 * *",
                                   "@every",
                                   "@every 0s",
                                   "@every s"})
        EXPECT_NE(refusal(expression, {.hash_id = "x"}), "accepted") << expression;
}

TEST(cron, an_unknown_time_zone_is_refused_by_name) {
    EXPECT_THAT(refusal("0 0 * * *", {.timezone = "Europe/Atlantis"}),
                StartsWith("line 1, column 1: unknown time zone \"Europe/Atlantis\": give"));
    EXPECT_NE(refusal("0 0 * * *", {.timezone = "../../etc/passwd"}), "accepted");
}
