// Daylight saving time, by the policy at the top of cron.hpp. Berlin: on 29 March 2026 02:00 becomes 03:00 (at 01:00
// UTC), on 25 October 03:00 becomes 02:00 (at 01:00 UTC).
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "text/cron.hpp"

namespace {

using croft::text::cron;
using strings = std::vector<std::string>;

croft::time_point at(std::string_view text) { return croft::parse_time(text).value(); }
std::string brief(croft::time_point t) { return croft::to_text(t).substr(5, 11) + "Z"; }

strings upcoming(std::string_view expression, std::string_view after, std::size_t count,
                 std::string zone = "Europe/Berlin") {
    const auto schedule = cron::parse(expression, {.timezone = std::move(zone)}).value();
    strings found;
    for (auto t = schedule.next(at(after)); t && found.size() < count; t = schedule.next(*t))
        found.push_back(brief(*t));
    return found;
}

strings gone(std::string_view expression, std::string_view before, std::size_t count,
             std::string zone = "Europe/Berlin") {
    const auto schedule = cron::parse(expression, {.timezone = std::move(zone)}).value();
    strings found;
    for (auto t = schedule.previous(at(before)); t && found.size() < count; t = schedule.previous(*t))
        found.push_back(brief(*t));
    return found;
}

constexpr auto spring = "2026-03-28T22:00Z", autumn = "2026-10-24T22:00Z";

}  // namespace

TEST(cron_dst, a_fixed_time_in_a_skipped_hour_is_due_once_right_after_it) {
    EXPECT_EQ(upcoming("30 2 * * *", spring, 2), (strings{"03-29T01:00Z", "03-30T00:30Z"}));
    EXPECT_EQ(upcoming("0,15,30 2 * * *", spring, 2), (strings{"03-29T01:00Z", "03-30T00:00Z"}));
    EXPECT_EQ(gone("0,15,30 2 * * *", "2026-03-29T12:00Z", 2), (strings{"03-29T01:00Z", "03-28T01:30Z"}));
}

TEST(cron_dst, a_skipped_time_and_a_real_one_at_the_same_moment_are_one) {
    EXPECT_EQ(upcoming("0 2,3 * * *", spring, 2), (strings{"03-29T01:00Z", "03-30T00:00Z"}));
}

TEST(cron_dst, the_moment_after_the_gap_is_found_from_one_microsecond_before) {
    EXPECT_EQ(upcoming("30 2 * * *", "2026-03-29T00:59:59.999999Z", 1), strings{"03-29T01:00Z"});
    EXPECT_EQ(upcoming("30 2 * * *", "2026-03-29T01:00Z", 1), strings{"03-30T00:30Z"});
    EXPECT_TRUE(cron::parse("30 2 * * *", {.timezone = "Europe/Berlin"})->matches(at("2026-03-29T01:00Z")));
}

TEST(cron_dst, a_fixed_time_in_a_repeated_hour_is_due_in_the_first_pass_only) {
    EXPECT_EQ(upcoming("30 2 * * *", autumn, 2), (strings{"10-25T00:30Z", "10-26T01:30Z"}));
    EXPECT_EQ(upcoming("30 2 * * *", "2026-10-25T01:10Z", 1), strings{"10-26T01:30Z"}) << "from within the second pass";
    EXPECT_EQ(gone("30 2 * * *", "2026-10-25T01:10Z", 2), (strings{"10-25T00:30Z", "10-24T00:30Z"}));
}

TEST(cron_dst, what_recurs_is_due_in_both_passes_of_a_repeated_hour) {
    EXPECT_EQ(upcoming("30 * * * *", "2026-10-24T23:45Z", 3),
              (strings{"10-25T00:30Z", "10-25T01:30Z", "10-25T02:30Z"}));
    EXPECT_EQ(upcoming("0 */2 * * *", autumn, 3), (strings{"10-25T00:00Z", "10-25T01:00Z", "10-25T03:00Z"}));
    EXPECT_EQ(gone("0 1-2 * * *", "2026-10-25T12:00Z", 3), (strings{"10-25T01:00Z", "10-25T00:00Z", "10-24T23:00Z"}));
}

TEST(cron_dst, a_second_pass_is_not_lost_when_the_next_match_is_far_away) {
    EXPECT_EQ(upcoming("*/30 2 25 10 *", "2026-10-25T00:30Z", 3),
              (strings{"10-25T01:00Z", "10-25T01:30Z", "10-25T00:00Z"}));
}

TEST(cron_dst, what_recurs_is_not_due_in_a_skipped_hour) {
    EXPECT_EQ(upcoming("0 */2 * * *", spring, 3), (strings{"03-28T23:00Z", "03-29T02:00Z", "03-29T04:00Z"}));
    EXPECT_EQ(upcoming("*/20 2 * * *", spring, 1), strings{"03-30T00:00Z"});
}

TEST(cron_dst, midnight_may_be_skipped_and_a_whole_day_too) {
    EXPECT_EQ(upcoming("0 0 * * *", "2022-03-26T12:00Z", 1, "Asia/Hebron"), strings{"03-26T22:00Z"});
    // Samoa had no 30 December 2011: the day's fixed time falls on the moment the 31st began.
    EXPECT_EQ(upcoming("0 12 * * *", "2011-12-29T12:00Z", 3, "Pacific/Apia"),
              (strings{"12-29T22:00Z", "12-30T10:00Z", "12-30T22:00Z"}));
}

TEST(cron_dst, going_back_finds_what_going_forth_found) {
    for (const auto* expression : {"30 2 * * *", "0,30 1,2,3 * * *", "*/20 * * * *", "0 */2 * * *", "*/30 1-3 * * *"})
        for (const auto* start : {"2026-03-27T00:00Z", "2026-10-23T00:00Z"}) {
            auto forth = upcoming(expression, start, 60);
            const auto end = at("2026-" + forth.back().substr(0, 11) + ":00.000001Z");
            std::reverse(forth.begin(), forth.end());
            EXPECT_EQ(gone(expression, croft::to_text(end), forth.size()), forth) << expression << " from " << start;
        }
}
