#include "croft/events.hpp"
#include "jobs.hpp"
#include "work/quiet_hours.hpp"

using namespace croft;
using namespace croft::work;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {
std::vector<std::string> told;
}

CROFT_ON(task_failed, note_failed) {
    told.push_back("failed " + event.task + ": " + event.error);
    co_return;
}
CROFT_ON(task_recovered, note_recovered) {
    told.push_back(format("recovered {} after {}", event.task, event.failures));
    co_return;
}
CROFT_ON(task_overdue, note_overdue) {
    told.push_back(format("overdue {} since {}", event.task, event.due));
    co_return;
}
CROFT_ON(task_stuck, note_stuck) {
    told.push_back(format("stuck {} for {}", event.task, event.running));
    co_return;
}

struct task_option : work_test {
    task_option() { told.clear(); }
};
CROFT_ON_EACH_ENGINE(task_option);

TEST_P(task_option, jitter_delays_each_occurrence_by_the_same_time_in_every_process_and_after_every_restart) {
    std::vector<time_point> when;
    with_database([&](db::database& base) -> task<> {
        const std::vector<task_info> tasks = {
            cron("a", "0 * * * *", [&]() -> task<> { co_return void(when.push_back(now())); }, {.jitter = 10min})};
        for (int restart = 0; restart < 24; ++restart) {
            running_app app(base, tasks, {.poll = 1h});
            co_await sleep(1h);
            co_await app.schedule.stop(0s);
        }
    });
    ASSERT_GE(when.size(), 22u);
    std::set<duration> delays;
    for (const auto at : when) {
        const duration delay = at - std::chrono::floor<std::chrono::hours>(at);
        EXPECT_LT(delay, 10min);
        delays.insert(delay);
    }
    EXPECT_GT(delays.size(), 15u);
}

TEST_P(task_option, overlap_allow_runs_occurrences_beside_each_other) {
    int beside = 0, most = 0;
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {every("a", 1min,
                                     [&]() -> task<> {
                                         most = std::max(most, ++beside);
                                         co_await sleep(150s);
                                         --beside;
                                     },
                                     {.overlap = overlap::allow})});
        co_await sleep(10min + 1s);
        EXPECT_EQ(most, 3);
        EXPECT_EQ(co_await query<croft_run>().count(), 10);
        co_await app.schedule.stop(0s);
        EXPECT_EQ(co_await runs("running"), 0);
    });
}

TEST_P(task_option, overlap_cancel_running_makes_room_for_the_next_occurrence) {
    with_database([&](db::database& base) -> task<> {
        running_app app(
            base, {every("a", 1min, []() -> task<> { co_await sleep(90s); }, {.overlap = overlap::cancel_running})});
        co_await sleep(3min + 1s);
        const auto made = co_await all_runs();
        EXPECT_EQ(made.size(), 3u);
        EXPECT_EQ(made.at(0).outcome, "cancelled");
        EXPECT_EQ(made.at(0).error, "its next occurrence took its place");
        EXPECT_EQ(made.at(2).outcome, "running");
        EXPECT_EQ(made.at(2).scheduled_at, at("2026-01-01T00:03Z"));
        co_await app.schedule.stop(0s);
    });
}

TEST_P(task_option, missed_grace_leaves_out_what_was_missed_long_ago) {
    with_database([&](db::database& base) -> task<> {
        const std::vector<task_info> tasks = {
            cron("daily", "0 12 * * *", []() -> task<> { co_return; }, {.missed_grace = 2h}),
            cron("hourly", "0 * * * *", []() -> task<> { co_return; },
                 {.missed = missed::run_all, .missed_grace = 150min})};
        {
            running_app app(base, tasks);
            co_await settle();
            co_await app.schedule.stop(0s);
        }
        clock.advance(15h + 30min);
        running_app app(base, tasks);
        co_await settle();
        co_await sleep(1s);
        const auto of = [](std::string name, std::string outcome) {
            return query<croft_run>().where(f<&croft_run::task> == name && f<&croft_run::outcome> == outcome).count();
        };
        EXPECT_EQ(co_await of("daily", "ok"), 0);
        EXPECT_EQ(co_await of("daily", "skipped"), 1);
        EXPECT_EQ(co_await of("hourly", "ok"), 3);  // 13:00, 14:00, 15:00
        co_await app.schedule.stop(0s);
    });
}

TEST_P(task_option, quiet_hours_put_off_what_is_due_to_their_end) {
    std::vector<time_point> when;
    with_database([&](db::database& base) -> task<> {
        running_app app(
            base,
            {every("a", 1h, [&]() -> task<> { co_return void(when.push_back(now())); }, {.quiet = "02:30-05:45"})},
            {.poll = 1h});
        co_await sleep(6h + 30min);
        co_await app.schedule.stop(0s);
    });
    EXPECT_THAT(when, ElementsAre(at("2026-01-01T01:00Z"), at("2026-01-01T02:00Z"), at("2026-01-01T05:45Z"),
                                  at("2026-01-01T06:00Z")));
}

TEST(quiet_hours, may_lie_around_midnight_in_a_zone_and_be_several) {
    const auto night = *quiet_hours::make("22:00-06:00, 12:00-13:00", "Europe/Berlin");
    EXPECT_EQ(night.end(at("2026-01-01T20:59Z")), std::nullopt);
    EXPECT_EQ(night.end(at("2026-01-01T21:00Z")), at("2026-01-02T05:00Z"));
    EXPECT_EQ(night.end(at("2026-01-02T04:59Z")), at("2026-01-02T05:00Z"));
    EXPECT_EQ(night.end(at("2026-01-02T05:00Z")), std::nullopt);
    EXPECT_EQ(night.end(at("2026-07-01T10:30Z")), at("2026-07-01T11:00Z"));
    for (const char* wrong : {"22:00", "22-06", "24:00-06:00", "22:00-22:00", "a:bc-06:00"})
        EXPECT_THAT(quiet_hours::make(wrong, "").error().message, HasSubstr("is no time of quiet")) << wrong;
    EXPECT_EQ(quiet_hours::make("", "")->end(at("2026-01-01T00:00Z")), std::nullopt);
}

TEST_P(task_option, after_waits_for_another_task_and_leaves_the_occurrence_out_when_that_failed) {
    std::vector<std::string> order;
    bool fails = false;
    with_database([&](db::database& base) -> task<> {
        running_app app(base,
                        {cron("report", "0 * * * *", [&]() -> task<> { co_return void(order.push_back("report")); },
                              {.after = "scrape"}),
                         cron("scrape", "0 * * * *",
                              [&]() -> task<> {
                                  co_await sleep(10min);
                                  order.push_back("scrape");
                                  if (fails) throw error("no");
                              },
                              {.retries = 1})});
        co_await sleep(1h + 11min);
        EXPECT_THAT(order, ElementsAre("scrape", "report"));
        fails = true;
        co_await sleep(1h);
        EXPECT_THAT(order, ElementsAre("scrape", "report", "scrape"));
        co_await sleep(21min);
        EXPECT_THAT(order, ElementsAre("scrape", "report", "scrape", "scrape"));
        EXPECT_EQ((co_await query<croft_run>().where(f<&croft_run::outcome> == "skipped").one()).error,
                  "scrape, after which it runs, has failed");
        co_await app.schedule.stop(0s);
    });
}

TEST(after, of_an_unknown_task_or_in_a_circle_is_refused_at_the_start) {
    const auto made = [](std::string name, std::string after) {
        return task_info{
            name, "tasks.cpp", 7, std::string("@daily"), []() -> task<> { co_return; }, {.after = std::move(after)},
            name};
    };
    try {
        check_tasks({made("a", "b"), made("b", "a"), made("c", "d")});
        ADD_FAILURE();
    } catch (const config_error& e) {
        EXPECT_THAT(e.what(), HasSubstr("tasks.cpp:7: task a: .after: it would wait for itself"));
        EXPECT_THAT(e.what(), HasSubstr("tasks.cpp:7: task c: .after: there is no task \"d\""));
    }
}

TEST_P(task_option, a_run_asked_for_can_be_given_arguments) {
    std::int64_t page = 0;
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {cron("a", "@yearly", [&]() -> task<> {
                            page = run_arguments().value_or<std::int64_t>("page", 1);
                            co_return;
                        })});
        co_await app.schedule.run_now("a", json::object({{"page", 3}}));
        EXPECT_EQ(page, 3);
        co_await app.schedule.run_now("a");
        EXPECT_EQ(page, 1);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(task_option, a_run_keeps_what_it_counted_and_the_version_of_the_program) {
    with_database([&](db::database& base) -> task<> {
        running_app app(base,
                        {every("a", 1h,
                               []() -> task<> {
                                   count_for_run({.rows = 2, .requests = 1});
                                   group children;
                                   children.spawn([]() -> task<> { co_return count_for_run({.bytes = 500}); });
                                   co_await children.wait();
                               })},
                        {.version = "1.2.3"});
        co_await sleep(61min);
        const auto run = (co_await all_runs()).at(0);
        EXPECT_EQ(run.rows, 2);
        EXPECT_EQ(run.requests, 1);
        EXPECT_EQ(run.bytes, 500);
        EXPECT_EQ(run.version, "1.2.3");
        co_await app.schedule.stop(0s);
    });
}

TEST_P(task_option, a_run_that_is_marked_goes_well_and_says_why_until_the_next_one_is_not) {
    with_database([&](db::database& base) -> task<> {
        bool doubtful = true;
        running_app app(base, {every("a", 1h, [&]() -> task<> {
                            if (doubtful) mark_run("the list is empty"), mark_run("so is the other");
                            co_return;
                        })});
        co_await sleep(61min);
        const auto run = (co_await all_runs()).at(0);
        EXPECT_EQ(run.outcome, "ok");
        EXPECT_EQ(run.marks, "the list is empty\nso is the other");
        EXPECT_THAT(run.log, testing::HasSubstr("warn  the list is empty"));
        EXPECT_EQ((co_await row_of("a")).last_marks, run.marks);
        doubtful = false;
        co_await sleep(1h);
        EXPECT_EQ((co_await row_of("a")).last_marks, "");
        co_await app.schedule.stop(0s);
    });
}

TEST_P(task_option, runs_that_are_too_old_are_purged) {
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {every("a", 1h, []() -> task<> { co_return; })}, {.kept_for = 10h, .poll = 1h});
        co_await sleep(200h + 1s);
        EXPECT_LE(co_await query<croft_run>().count(), 60);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(task_option, hooks_are_told_of_a_failure_once_and_of_the_recovery_also_over_a_restart) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        const std::vector<task_info> tasks = {cron("a", "0 1 * * *", [&]() -> task<> {
            if (++count <= 4) throw error("503");
            co_return;
        })};
        {
            running_app app(base, tasks);
            co_await sleep(1h + 6s);
            co_await app.schedule.stop(0s);
        }
        running_app app(base, tasks);
        co_await sleep(1h);
        co_await app.schedule.stop(0s);
    });
    EXPECT_THAT(told, ElementsAre("failed a: 503", "recovered a after 4"));
}

TEST_P(task_option, hooks_are_told_once_of_a_run_that_is_overdue_and_of_one_that_is_stuck) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        running_app app(
            base,
            {cron("a", "0 * * * *", [&]() -> task<> { co_await sleep(++count < 3 ? 5min : 50min); }, {.timeout = 0s})},
            {.poll = 1min, .patience = 4min});
        co_await sleep(30min);
        co_await base.script("ALTER TABLE croft_run RENAME TO elsewhere");
        co_await sleep(40min);
        EXPECT_THAT(told, ElementsAre("overdue a since 2026-01-01T01:00:00.000000Z"));
        co_await base.script("ALTER TABLE elsewhere RENAME TO croft_run");
        co_await sleep(3h);
        EXPECT_THAT(told, ElementsAre("overdue a since 2026-01-01T01:00:00.000000Z", "stuck a for 25 min"));
        co_await app.schedule.stop(0s);
    });
}

TEST_P(task_option, a_run_of_a_process_that_died_is_taken_up_by_another_one) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        const std::vector<task_info> tasks = {cron("a", "0 1 * * *", [&]() -> task<> {
            if (++count == 1) co_await sleep(30min);
        })};
        auto one = std::make_unique<running_app>(base, tasks, scheduler_options{});
        co_await sleep(61min);
        const auto other = co_await opened_again(&base);
        running_app two(*other, tasks, scheduler_options{});
        co_await sleep(8min);
        EXPECT_EQ(co_await runs("running"), 1);
        one.reset();
        co_await sleep(6s);
        EXPECT_EQ(count, 2);
        EXPECT_EQ(co_await runs("lost"), 1);
        EXPECT_EQ(co_await runs("ok"), 1);
        co_await two.schedule.stop(0s);
        co_await other->close();
    });
}

TEST_P(task_option, a_run_of_a_process_that_died_is_taken_up_by_one_that_waited_for_its_end) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {cron("a", "0 1 * * *", [&]() -> task<> { co_return void(++count); })},
                        scheduler_options{});
        co_await sleep(59min + 59s);
        co_await create(croft_process{.name = "another"});  // it takes the run, and is never heard of again
        co_await create(croft_run{.task = "a", .scheduled_at = at("2026-01-01T01:00Z"), .process = "another"});
        co_await sleep(7s);
        EXPECT_EQ(count, 1);
        const auto made = co_await all_runs();
        EXPECT_EQ(made.size(), 2u);
        EXPECT_EQ(made.at(0).outcome, "lost");
        EXPECT_EQ(made.at(1).outcome, "ok");
        EXPECT_EQ(made.at(1).attempt, 2);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(task_option, a_run_that_others_took_for_dead_is_given_up_and_leaves_what_they_stored) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        running_app app(base,
                        {cron("a", "0 1 * * *",
                              [&]() -> task<> {
                                  ++count;
                                  co_await sleep(1min);
                              })},
                        scheduler_options{});
        co_await sleep(1h + 2s);
        co_await query<croft_process>().remove();  // as another process would, had this one been suspended
        co_await sleep(5min);
        const auto made = co_await all_runs();
        EXPECT_EQ(made.size(), 2u);
        EXPECT_EQ(made.at(0).outcome, "lost");
        EXPECT_EQ(made.at(1).outcome, "ok");
        EXPECT_EQ(count, 2);
        co_await app.schedule.stop(0s);
    });
}
