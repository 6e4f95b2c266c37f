#include "text/cron_words.hpp"

#include <gtest/gtest.h>

using croft::text::cron_words;

TEST(cron_words, say_when_an_expression_is_due) {
    const std::pair<const char*, const char*> known[] = {
        {"* * * * *", "every minute"},
        {"*/15 * * * *", "every 15 minutes"},
        {"0 * * * *", "at minute 0 of every hour"},
        {"30 6 * * mon-fri", "at 06:30, on Monday to Friday"},
        {"0 9,17 * * *", "at 09:00 and 17:00"},
        {"5,10 */2 * * *", "at minutes 5 and 10 of every 2 hours from midnight on"},
        {"0 0 L * *", "at 00:00, on the last day of the month"},
        {"0 0 15W * *", "at 00:00, on the weekday nearest to the 15 of the month"},
        {"0 12 * * fri#2", "at 12:00, on the second Friday of the month"},
        {"0 12 * * L5", "at 12:00, on the last Friday of the month"},
        {"0 0 1 1 *", "at 00:00, on day 1 of the month, in January"},
        {"0 0 1,15 * sun", "at 00:00, on day 1 and 15 of the month or on Sunday"},
        {"* * * * * */10", "every 10 seconds, every minute"},
        {"0 0 1 6-8 * 0 2026", "at 00:00, on day 1 of the month, in June to August, in 2026"},
        {"@every 90s", "every 1 min 30 s"},
        {"@weekly", "at 00:00, on Sunday"},
    };
    for (const auto& [spec, words] : known) EXPECT_EQ(cron_words(spec).value(), words) << spec;
}

TEST(cron_words, name_the_zone_and_know_both_meanings_of_two_days) {
    EXPECT_EQ(cron_words("0 3 * * *", {.timezone = "Europe/Berlin"}).value(), "at 03:00, Europe/Berlin time");
    EXPECT_EQ(cron_words("0 0 13 * fri", {.day_or = false}).value(),
              "at 00:00, on day 13 of the month where that is Friday");
    EXPECT_EQ(cron_words("61 * * * *").error().column, 1u);
}
