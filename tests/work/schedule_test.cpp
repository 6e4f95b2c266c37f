#include "support.hpp"

namespace croft::work {

using testing::ElementsAre;

struct scheduled_task : work_test {};
CROFT_ON_EACH_ENGINE(scheduled_task);

TEST_P(scheduled_task, nothing_runs_merely_because_the_app_started) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        auto tick = [&]() -> task<> { co_return void(++count); };
        for (int start = 0; start < 5; ++start) {
            running_app app(base, {cron("daily", "0 12 * * *", tick), every("hourly", 1h, tick)});
            co_await settle();
            EXPECT_EQ(count, 0);
            co_await app.schedule.stop(0s);
        }
        const auto row = co_await row_of("daily");
        EXPECT_EQ(row.next_run_at, at("2026-01-01T12:00Z"));
        EXPECT_EQ(row.spec, "0 12 * * *");
        EXPECT_EQ((co_await row_of("hourly")).next_run_at, at("2026-01-01T01:00Z"));
    });
}

TEST_P(scheduled_task, a_task_that_has_never_run_may_ask_to_run_at_the_start) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        auto tick = [&]() -> task<> { co_return void(++count); };
        for (int start = 0; start < 3; ++start) {
            running_app app(base, {cron("daily", "0 12 * * *", tick, {.at_start = true})});
            co_await settle();
            EXPECT_EQ(count, 1);
            co_await app.schedule.stop(0s);
        }
    });
}

TEST_P(scheduled_task, a_year_of_cron_runs_on_time) {
    const int days_lived = on_postgres() ? 60 : 365;  // each of its statements is a trip to a server
    std::vector<time_point> when;
    with_database([&](db::database& base) -> task<> {
        running_app app(base,
                        {cron("sixhourly", "30 */6 * * *",
                              [&]() -> task<> {
                                  when.push_back(now());
                                  co_await sleep(1s);
                              })},
                        rarely);
        co_await sleep(days_lived * days);
        co_await app.schedule.stop(0s);
    });
    ASSERT_EQ(when.size(), static_cast<std::size_t>(days_lived) * 4);
    for (std::size_t i = 0; i < when.size(); ++i) {
        const auto due = at("2026-01-01T00:30Z") + 6h * static_cast<int>(i);
        EXPECT_LE(due, when[i]);
        EXPECT_LT(when[i], due + 1s);
    }
}

TEST_P(scheduled_task, zones_are_kept) {
    std::vector<std::string> when;
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {cron("morning", "0 8 * * *",
                                    [&]() -> task<> { co_return when.push_back(to_text(now()).substr(5, 11)); },
                                    {.timezone = "Europe/Berlin"})});
        clock.set(at("2026-03-28T00:00Z"));
        co_await sleep(2 * days);
        co_await app.schedule.stop(0s);
    });
    EXPECT_THAT(when, ElementsAre("03-28T07:00", "03-29T06:00"));
}

TEST_P(scheduled_task, two_weeks_of_downtime_make_one_run_of_a_weekly_report) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        std::vector<task_info> tasks = {cron("report", "@weekly", [&]() -> task<> { co_return void(++count); })};
        {
            running_app app(base, tasks);
            co_await settle();
            co_await app.schedule.stop(0s);
        }
        co_await sleep(14 * days);
        running_app app(base, tasks);
        co_await settle();
        EXPECT_EQ(count, 1);
        co_await sleep(7 * days);
        EXPECT_EQ(count, 2);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(scheduled_task, a_restart_every_hour_for_eight_days_runs_a_weekly_task_once) {
    std::vector<time_point> when;
    with_database([&](db::database& base) -> task<> {
        std::vector<task_info> tasks = {
            cron("report", "0 0 * * sun", [&]() -> task<> { co_return when.push_back(now()); })};
        for (int hour = 0; hour < 8 * 24; ++hour) {
            running_app app(base, tasks);
            co_await sleep(1h);
            if (hour % 2 == 0) co_await app.schedule.stop(0s);
        }
    });
    EXPECT_THAT(when, ElementsAre(at("2026-01-04T00:00Z")));
}

TEST_P(scheduled_task, missed_occurrences_can_be_skipped) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        std::vector<task_info> tasks = {
            cron("daily", "0 12 * * *", [&]() -> task<> { co_return void(++count); }, {.missed = missed::skip})};
        {
            running_app app(base, tasks);
            co_await settle();
            co_await app.schedule.stop(0s);
        }
        co_await sleep(3 * days);
        running_app app(base, tasks);
        co_await settle();
        EXPECT_EQ(count, 0);
        const auto noted = co_await all_runs();
        EXPECT_EQ(noted.size(), 1u);
        EXPECT_EQ(noted.at(0).outcome, "skipped");
        EXPECT_EQ(noted.at(0).scheduled_at, at("2026-01-03T12:00Z"));
        EXPECT_THAT(noted.at(0).error, testing::HasSubstr("missed"));
        co_await sleep(12h + 1s);
        EXPECT_EQ(count, 1);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(scheduled_task, missed_occurrences_can_all_be_made_up_for_in_order_and_up_to_a_cap) {
    with_database([&](db::database& base) -> task<> {
        std::vector<task_info> tasks = {cron("daily", "0 12 * * *", []() -> task<> { co_await sleep(1min); },
                                             {.missed = missed::run_all, .most_missed = 3})};
        {
            running_app app(base, tasks);
            co_await settle();
            co_await app.schedule.stop(0s);
        }
        co_await sleep(10 * days);
        running_app app(base, tasks);
        co_await sleep(1h);
        std::vector<std::string> made;
        for (const auto& run : co_await all_runs())
            made.push_back(to_text(run.scheduled_at).substr(0, 10) + " " + run.outcome);
        EXPECT_THAT(made, ElementsAre("2026-01-08 ok", "2026-01-09 ok", "2026-01-10 ok"));
        co_await app.schedule.stop(0s);
    });
}

TEST_P(scheduled_task, an_occurrence_during_a_run_is_noted_as_skipped) {
    with_database([&](db::database& base) -> task<> {
        running_app app(base,
                        {cron("hourly", "0 * * * *", []() -> task<> { co_await sleep(90min); }, {.timeout = 0s})});
        co_await sleep(4h + 45min);
        std::vector<std::string> made;
        for (const auto& run : co_await all_runs())
            made.push_back(to_text(run.scheduled_at).substr(11, 5) + " " + run.outcome);
        EXPECT_THAT(made, ElementsAre("01:00 ok", "02:00 skipped", "03:00 ok", "04:00 skipped"));
        co_await app.schedule.stop(0s);
    });
}

TEST_P(scheduled_task, an_occurrence_during_a_run_can_wait_for_its_end) {
    std::vector<std::string> begun;
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {cron("hourly", "0 * * * *",
                                    [&]() -> task<> {
                                        begun.push_back(to_text(now()).substr(11, 5));
                                        co_await sleep(150min);
                                    },
                                    {.overlap = overlap::queue_one, .timeout = 0s})});
        co_await sleep(8h);
        EXPECT_THAT(begun, ElementsAre("01:00", "03:30", "06:00"));
        EXPECT_EQ(co_await runs("skipped"), 0);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(scheduled_task, a_changed_spec_is_planned_anew) {
    with_database([&](db::database& base) -> task<> {
        auto nothing = []() -> task<> { co_return; };
        {
            running_app app(base, {cron("t", "0 12 1 6 *", nothing)});
            co_await settle();
            co_await app.schedule.stop(0s);
        }
        running_app app(base, {cron("t", "0 13 * * *", nothing)});
        co_await settle();
        EXPECT_EQ((co_await row_of("t")).next_run_at, at("2026-01-01T13:00Z"));
        co_await app.schedule.stop(0s);
    });
}

TEST_P(scheduled_task, a_clock_set_back_neither_repeats_nor_stalls_a_task) {
    std::vector<std::string> when;
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {cron("hourly", "0 * * * *",
                                    [&]() -> task<> { co_return when.push_back(to_text(now()).substr(0, 16)); })});
        co_await sleep(2h + 30min);
        clock.set(at("2026-01-01T01:30Z"));
        co_await sleep(2h);
        EXPECT_THAT(when, ElementsAre("2026-01-01T01:00", "2026-01-01T02:00", "2026-01-01T03:00"));
        clock.set(at("2025-06-01T00:30Z"));
        co_await sleep(1h);
        EXPECT_THAT(when, testing::Contains("2025-06-01T01:00"));
        co_await app.schedule.stop(0s);
    });
}

TEST_P(scheduled_task, a_clock_set_forward_counts_as_downtime) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {cron("hourly", "0 * * * *", [&]() -> task<> { co_return void(++count); })});
        co_await settle();
        clock.set(at("2026-02-01T00:30Z"));
        co_await sleep(2min);
        EXPECT_EQ(count, 1);
        co_await sleep(30min);
        EXPECT_EQ(count, 2);
        co_await app.schedule.stop(0s);
    });
    EXPECT_THAT(lines, testing::Contains(testing::HasSubstr("the clock was set forward by 31 d")));
}

TEST_P(scheduled_task, a_schedule_planned_by_a_wrong_clock_is_mended_at_the_start) {
    with_database([&](db::database& base) -> task<> {
        std::vector<task_info> tasks = {cron("daily", "0 12 * * *", []() -> task<> { co_return; }),
                                        every("poll", 1h, []() -> task<> { co_return; })};
        clock.set(at("2036-01-01T00:00Z"));
        {
            running_app app(base, tasks);
            co_await settle();
            co_await app.schedule.stop(0s);
        }
        clock.set(at("2026-01-01T00:00Z"));
        running_app app(base, tasks);
        co_await settle();
        EXPECT_EQ((co_await row_of("daily")).next_run_at, at("2026-01-01T12:00Z"));
        EXPECT_LE((co_await row_of("poll")).next_run_at, at("2026-01-01T01:00Z"));
        co_await app.schedule.stop(0s);
    });
}

TEST_P(scheduled_task, a_task_that_is_not_wanted_does_not_run) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        auto tick = [&]() -> task<> { co_return void(++count); };
        running_app app(base, {every("a", 1h, tick), every("b", 1h, tick)}, {.patterns = "!b"});
        co_await sleep(90min);
        EXPECT_EQ(count, 1);
        EXPECT_EQ(co_await query<croft_task>().count(), 1);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(scheduled_task, a_paused_task_does_not_run_until_it_is_resumed_also_after_a_restart) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        std::vector<task_info> tasks = {every("a", 1h, [&]() -> task<> { co_return void(++count); })};
        {
            running_app app(base, tasks);
            co_await app.schedule.pause("a");
            co_await sleep(3h);
            co_await app.schedule.stop(0s);
        }
        running_app app(base, tasks);
        co_await sleep(2h + 30min);
        EXPECT_EQ(count, 0);
        co_await app.schedule.resume("a");
        co_await sleep(1h + 1s);
        EXPECT_EQ(count, 1);
        co_await app.schedule.stop(0s);
    });
}

}  // namespace croft::work
