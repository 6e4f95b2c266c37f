#include <algorithm>

#include "db/fault.hpp"
#include "runtime/run_info.hpp"
#include "support.hpp"
#include "work/store.hpp"

namespace croft::work {

using testing::ElementsAre;
using testing::HasSubstr;

namespace {

/// Notes when a scope ends.
struct unwound {
    bool* flag;
    ~unwound() { *flag = true; }
};

std::vector<std::int64_t> seconds_between(const std::vector<time_point>& when) {
    std::vector<std::int64_t> all;
    for (std::size_t i = 1; i < when.size(); ++i)
        all.push_back(std::chrono::duration_cast<std::chrono::seconds>(when[i] - when[i - 1]).count());
    return all;
}

}  // namespace

struct run_of_a_task : work_test {};
CROFT_ON_EACH_ENGINE(run_of_a_task);

TEST_P(run_of_a_task, a_run_is_recorded_with_its_times_and_log_lines) {
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {cron("ingest", "0 1 * * *", []() -> task<> {
                            log::info("begins");
                            co_await sleep(2s);
                            log::warn("page {} is empty", 3);
                        })});
        co_await sleep(61min);
        const auto made = co_await all_runs();
        EXPECT_EQ(made.size(), 1u);
        const auto& run = made.at(0);
        EXPECT_EQ(run.task, "ingest");
        EXPECT_EQ(run.outcome, "ok");
        EXPECT_EQ(run.scheduled_at, at("2026-01-01T01:00Z"));
        EXPECT_EQ(*run.finished_at - *run.started_at, 2s);
        EXPECT_EQ(run.log, "01:00:00.000 info  begins\n01:00:02.000 warn  page 3 is empty\n");
        const auto row = co_await row_of("ingest");
        EXPECT_EQ(row.last_outcome, "ok");
        EXPECT_EQ(row.next_run_at, at("2026-01-02T01:00Z"));
        co_await app.schedule.stop(0s);
    });
}

TEST_P(run_of_a_task, what_a_run_awaits_knows_which_run_it_is) {
    std::string task_name;
    std::int64_t id = 0;
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {every("ingest", 1h, [&]() -> task<> {
                            group children;
                            children.spawn([&]() -> task<> {
                                const auto run = runtime::locals().run;
                                task_name = run->task, id = run->id;
                                co_return;
                            });
                            co_await children.wait();
                        })});
        co_await sleep(61min);
        EXPECT_EQ(id, (co_await all_runs()).at(0).id);
        co_await app.schedule.stop(0s);
    });
    EXPECT_EQ(task_name, "ingest");
}

TEST_P(run_of_a_task, a_failed_run_is_retried_with_growing_pauses_until_it_succeeds) {
    std::vector<time_point> when;
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {cron("ingest", "0 1 * * *", [&]() -> task<> {
                            when.push_back(now());
                            if (when.size() < 10) throw error("GET http://site/items: 503");
                            co_return;
                        })});
        co_await sleep(63min);
        const auto row = co_await row_of("ingest");
        EXPECT_GT(row.failures, 2);
        EXPECT_EQ(row.last_error, "GET http://site/items: 503");
        EXPECT_EQ(row.last_outcome, "failed");
        co_await sleep(1h);
        EXPECT_EQ(when.size(), 10u);
        EXPECT_EQ(co_await runs("failed"), 9);
        EXPECT_EQ(co_await runs("ok"), 1);
        const auto well = co_await row_of("ingest");
        EXPECT_EQ(well.failures, 0);
        EXPECT_EQ(well.last_error, "");
        for (const auto& run : co_await all_runs()) EXPECT_EQ(run.scheduled_at, at("2026-01-01T01:00Z"));
        co_await app.schedule.stop(0s);
    });
    const auto pauses = seconds_between(when);
    const std::vector<int> least = {5, 10, 20, 40, 80, 160, 300, 300, 300};
    for (std::size_t i = 0; i < least.size(); ++i) {
        EXPECT_GE(pauses.at(i), least[i]);
        EXPECT_LE(pauses.at(i), least[i] * 5 / 4 + 1);
    }
    EXPECT_THAT(lines, testing::Contains(HasSubstr("failed (1 in a row): GET http://site/items: 503; next try in ")));
    EXPECT_THAT(lines, testing::Contains("well again after 9 failures in a row"));
}

TEST_P(run_of_a_task, the_next_occurrence_takes_the_place_of_a_retry) {
    std::vector<time_point> when;
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {every("poll", 30s, [&]() -> task<> {
                            when.push_back(now());
                            throw error("no");
                            co_return;
                        })});
        co_await sleep(10min);
        co_await app.schedule.stop(0s);
    });
    for (const auto pause : seconds_between(when)) EXPECT_LE(pause, 30);
    EXPECT_GE(when.size(), 20u);
    EXPECT_LE(when.size(), 23u);
}

TEST_P(run_of_a_task, the_number_of_retries_can_be_limited) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {cron("ingest", "0 1 * * *",
                                    [&]() -> task<> {
                                        ++count;
                                        throw error("no");
                                        co_return;
                                    },
                                    {.retries = 2})});
        co_await sleep(20h);
        EXPECT_EQ(count, 3);
        co_await sleep(10h);
        EXPECT_EQ(count, 6);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(run_of_a_task, a_source_that_says_when_to_come_again_is_left_alone_until_then_also_over_a_restart) {
    std::vector<time_point> when;
    with_database([&](db::database& base) -> task<> {
        std::vector<task_info> tasks = {every("poll", 1min, [&]() -> task<> {
            when.push_back(now());
            if (when.size() == 1) throw retry_later(30min, "429");
            co_return;
        })};
        {
            running_app app(base, tasks);
            co_await sleep(10min);
            co_await app.schedule.stop(0s);
        }
        running_app app(base, tasks);
        co_await sleep(30min);
        co_await app.schedule.stop(0s);
    });
    ASSERT_GE(when.size(), 2u);
    EXPECT_EQ(when[1] - when[0], 30min);
}

TEST_P(run_of_a_task, a_run_that_takes_too_long_is_cancelled_and_retried) {
    bool gone = false;
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {cron("slow", "0 1 * * *",
                                    [&]() -> task<> {
                                        unwound note{&gone};
                                        co_await sleep(10h);
                                    },
                                    {.timeout = 10min, .retries = 1})});
        co_await sleep(1h + 11min);
        EXPECT_TRUE(gone);
        const auto run = (co_await all_runs()).at(0);
        EXPECT_EQ(run.outcome, "timed_out");
        EXPECT_EQ(run.error, "not done within 10 min");
        co_await sleep(30min);
        EXPECT_EQ(co_await runs("timed_out"), 2);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(run_of_a_task, a_retry_waits_at_least_as_long_as_the_failed_run_took) {
    std::vector<time_point> when;
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {cron("slow", "0 1 * * *", [&]() -> task<> {
                            when.push_back(now());
                            co_await sleep(20min);
                            throw error("no");
                        })});
        co_await sleep(3h);
        co_await app.schedule.stop(0s);
    });
    EXPECT_THAT(seconds_between(when), ElementsAre(2400, 2400));
}

TEST_P(run_of_a_task, tasks_that_throw_anything_never_stop_the_others) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {every("a", 1min,
                                     []() -> task<> {
                                         throw 42;
                                         co_return;
                                     }),
                               every("b", 1min, []() -> task<> { throw std::bad_alloc(); }),
                               every("c", 1min, [&]() -> task<> { co_return void(++count); })});
        co_await sleep(1h + 1s);
        EXPECT_EQ(count, 60);
        EXPECT_EQ((co_await row_of("a")).last_error, "an exception that is not a std::exception");
        EXPECT_EQ((co_await row_of("b")).last_error, "std::bad_alloc");
        EXPECT_EQ(co_await runs("running"), 0);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(run_of_a_task, a_crash_leaves_a_run_that_is_marked_as_lost_and_begun_again_within_five_seconds) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        std::vector<task_info> tasks = {cron("ingest", "0 1 * * *", [&]() -> task<> {
            if (++count == 1) co_await sleep(30min);
        })};
        {
            running_app app(base, tasks, scheduler_options{});
            co_await sleep(70min);
            EXPECT_EQ(co_await runs("running"), 1);
        }
        running_app app(base, tasks, scheduler_options{});
        co_await sleep(5s);
        co_await settle();
        EXPECT_EQ(count, 2);
        const auto made = co_await all_runs();
        EXPECT_EQ(made.size(), 2u);
        EXPECT_EQ(made.at(0).outcome, "lost");
        EXPECT_EQ(made.at(1).outcome, "ok");
        EXPECT_EQ(made.at(1).scheduled_at, made.at(0).scheduled_at);
        EXPECT_EQ(made.at(1).attempt, 2);
        co_await sleep(1h);
        EXPECT_EQ(count, 2);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(run_of_a_task, a_run_that_kills_its_process_again_and_again_is_no_longer_begun_at_once) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        std::vector<task_info> tasks = {cron("poison", "0 1 * * *", [&]() -> task<> {
            ++count;
            co_await sleep(10min);
        })};
        {
            running_app app(base, tasks, scheduler_options{});
            co_await sleep(61min);
        }
        for (int crash = 0; crash < 5; ++crash) {
            running_app app(base, tasks, scheduler_options{});
            co_await sleep(5s);
            co_await settle();
        }
        EXPECT_EQ(count, 3);
        EXPECT_EQ(co_await runs("running"), 0);
    });
}

TEST_P(run_of_a_task, stop_lets_runs_finish_within_their_grace) {
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {every("a", 1h, []() -> task<> { co_await sleep(20s); })});
        co_await sleep(1h + 1s);
        co_await app.schedule.stop(30s);
        EXPECT_EQ(co_await runs("ok"), 1);
        EXPECT_EQ(now(), at("2026-01-01T01:00:20Z"));
    });
}

TEST_P(run_of_a_task, stop_cancels_what_does_not_finish_and_the_next_start_takes_it_up) {
    bool gone = false;
    with_database([&](db::database& base) -> task<> {
        std::vector<task_info> tasks = {every("a", 1h, [&]() -> task<> {
            unwound note{&gone};
            if (!gone) co_await sleep(20min);
        })};
        {
            running_app app(base, tasks);
            co_await sleep(1h + 1s);
            co_await app.schedule.stop(30s);
            EXPECT_TRUE(gone);
            EXPECT_EQ(co_await runs("cancelled"), 1);
            EXPECT_EQ(co_await runs("running"), 0);
        }
        running_app app(base, tasks);
        co_await settle();
        EXPECT_EQ(co_await runs("ok"), 1);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(run_of_a_task, stop_begins_nothing_new) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {every("a", 1s, [&]() -> task<> { co_return void(++count); }),
                               every("b", 1h, []() -> task<> { co_await sleep(10min); })});
        co_await sleep(1h + 1s);
        const int before = count;
        co_await app.schedule.stop(1min);
        EXPECT_LE(count, before + 1);
    });
}

TEST_P(run_of_a_task, a_run_can_be_asked_for) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        std::vector<task_info> tasks = {cron("ingest", "0 1 1 7 *", [&]() -> task<> {
            co_await sleep(2s);
            if (++count == 2) throw error("it broke");
        })};
        scheduler idle(base, tasks, {.patterns = "none"});
        const auto first = co_await idle.run_now("ingest");
        EXPECT_TRUE(first.ok());
        EXPECT_EQ(first.finished_at - first.started_at, 2s);

        running_app app(base, tasks);
        const auto second = co_await app.schedule.run_now("ingest");
        EXPECT_EQ(second.outcome, "failed");
        EXPECT_EQ(second.error, "it broke");
        co_await sleep(1h);
        EXPECT_EQ(count, 2);  // no retry
        co_await app.schedule.stop(0s);
    });
}

TEST_P(run_of_a_task, a_run_asked_for_is_refused_for_an_unknown_name_and_while_it_runs) {
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {every("ingest", 1h, []() -> task<> { co_await sleep(10min); })});
        auto refusal = [&](std::string name) -> task<std::string> {
            try {
                co_await app.schedule.run_now(name);
            } catch (const error& e) {
                co_return e.what();
            }
            co_return "";
        };
        EXPECT_EQ(co_await refusal("ingset"), "there is no task \"ingset\"; did you mean \"ingest\"?");
        co_await sleep(1h + 1min);
        EXPECT_EQ(co_await refusal("ingest"), "task ingest: it is running already");
        co_await app.schedule.stop(0s);
    });
}

TEST_P(run_of_a_task, two_processes_run_an_occurrence_once) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        std::vector<task_info> tasks = {cron("ingest", "0 * * * *", [&]() -> task<> {
            ++count;
            co_await sleep(1min);
        })};
        running_app one(base, tasks);
        const auto other = co_await opened_again(&base);
        running_app two(*other, tasks);
        co_await sleep(10h + 30min);
        EXPECT_EQ(count, 10);
        EXPECT_EQ(co_await query<croft_run>().count(), 10);
        co_await one.schedule.stop(0s);
        co_await two.schedule.stop(0s);
        co_await other->close();
        EXPECT_THAT(lines, testing::Each(testing::Not(HasSubstr("can't be"))));  // neither is in the other's way
    });
}

TEST_P(run_of_a_task, a_second_process_leaves_the_runs_of_a_living_one_alone) {
    with_database([&](db::database& base) -> task<> {
        std::vector<task_info> tasks = {cron("ingest", "0 1 * * *", []() -> task<> { co_await sleep(30min); })};
        running_app one(base, tasks);
        co_await sleep(70min);
        const auto other = co_await opened_again(&base);
        running_app two(*other, tasks);
        co_await sleep(1min);
        EXPECT_EQ(co_await runs("lost"), 0);
        co_await sleep(30min);
        EXPECT_EQ(co_await runs("ok"), 1);
        co_await one.schedule.stop(0s);
        co_await two.schedule.stop(0s);
        co_await other->close();
    });
}

TEST_P(run_of_a_task, runs_of_a_task_never_overlap_even_in_two_processes) {
    int under_way = 0, most = 0;
    with_database([&](db::database& base) -> task<> {
        std::vector<task_info> tasks = {cron("ingest", "0 * * * *",
                                             [&]() -> task<> {
                                                 most = std::max(most, ++under_way);
                                                 co_await sleep(90min);
                                                 --under_way;
                                             },
                                             {.timeout = 0s})};
        running_app one(base, tasks);
        const auto other = co_await opened_again(&base);
        running_app two(*other, tasks);
        co_await sleep(10h + 30min);
        EXPECT_EQ(most, 1);
        co_await one.schedule.stop(0s);
        co_await two.schedule.stop(0s);
        co_await other->close();
    });
}

TEST_P(run_of_a_task, what_another_process_left_behind_does_not_keep_a_task_from_running) {
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {cron("ingest", "0 1 * * *", []() -> task<> { co_return; })});
        co_await settle();
        croft_run left;
        left.task = "ingest";
        left.scheduled_at = at("2025-12-31T01:00Z");
        left.process = "a-dead-one-1";
        co_await save(left);
        co_await sleep(61min);
        EXPECT_EQ(co_await runs("lost"), 1);
        EXPECT_EQ(co_await runs("ok"), 2);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(run_of_a_task, a_begin_that_can_not_be_stored_waits_for_the_database) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {cron("ingest", "0 1 * * *", [&]() -> task<> { co_return void(++count); })});
        co_await settle();
        co_await base.script("ALTER TABLE croft_run RENAME TO elsewhere");
        co_await sleep(2h);
        EXPECT_EQ(count, 0);
        co_await base.script("ALTER TABLE elsewhere RENAME TO croft_run");
        co_await sleep(6min);
        EXPECT_EQ(count, 1);
        EXPECT_EQ((co_await all_runs()).at(0).scheduled_at, at("2026-01-01T01:00Z"));
        co_await app.schedule.stop(0s);
    });
    EXPECT_THAT(lines, testing::Contains(HasSubstr("ingest: the begin of its run can't be stored: ")));
}

TEST_P(run_of_a_task, an_end_that_can_not_be_stored_is_stored_later) {
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {cron("ingest", "0 1 * * *", []() -> task<> { co_await sleep(10min); })});
        co_await sleep(65min);
        co_await base.script("ALTER TABLE croft_run RENAME TO elsewhere");
        co_await sleep(10min + 2s);
        co_await base.script("ALTER TABLE elsewhere RENAME TO croft_run");
        EXPECT_EQ(co_await runs("running"), 1);
        co_await sleep(6s);
        EXPECT_EQ(co_await runs("ok"), 1);
        EXPECT_EQ((co_await all_runs()).at(0).finished_at, at("2026-01-01T01:10Z"));
        co_await app.schedule.stop(0s);
    });
}

TEST_P(run_of_a_task, a_schedule_that_can_not_be_read_is_read_later) {
    int count = 0;
    with_database([&](db::database& base) -> task<> {
        co_await base.script("ALTER TABLE croft_task RENAME TO elsewhere");
        running_app app(base, {every("a", 1h, [&]() -> task<> { co_return void(++count); })});
        co_await sleep(30min);
        co_await base.script("ALTER TABLE elsewhere RENAME TO croft_task");
        co_await sleep(62min);
        EXPECT_EQ(count, 1);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(run_of_a_task, a_run_is_cancelled_from_another_process_within_a_second_and_not_tried_again) {
    bool gone = false;
    with_database([&](db::database& base) -> task<> {
        running_app app(base,
                        {cron("ingest", "0 * * * *",
                              [&]() -> task<> {
                                  unwound note{&gone};
                                  log::info("begins");
                                  if (now() < at("2026-01-01T02:00Z")) co_await sleep(30min);
                              })},
                        scheduler_options{});
        EXPECT_EQ(co_await store::cancel("ingest", "by the operator"), 0);
        co_await sleep(61min);
        EXPECT_EQ(co_await store::cancel("ingest", "by the operator"), 1);
        co_await sleep(1s + 1ms);
        EXPECT_TRUE(gone);
        co_await sleep(50min);
        const auto made = co_await all_runs();
        EXPECT_EQ(made.size(), 1u);
        EXPECT_EQ(made.at(0).outcome, "cancelled");
        EXPECT_EQ(made.at(0).error, "by the operator");
        EXPECT_EQ(made.at(0).finished_at, at("2026-01-01T01:01Z"));
        EXPECT_THAT(made.at(0).log, HasSubstr("begins\n"));
        EXPECT_EQ((co_await row_of("ingest")).last_outcome, "cancelled");
        co_await sleep(10min);
        EXPECT_EQ(co_await runs("ok"), 1);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(run_of_a_task, old_runs_are_purged) {
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {every("a", 1min, []() -> task<> { co_return; })}, {.kept_runs = 10});
        co_await sleep(200min + 1s);
        EXPECT_LE(co_await query<croft_run>().count(), 60);
        EXPECT_GE(co_await query<croft_run>().count(), 10);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(run_of_a_task, that_is_left_out_by_two_processes_at_once_is_noted_once) {
    with_database([&](db::database& base) -> task<> {
        croft_task state;
        state.name = "ingest";
        co_await store::save(state);
        croft_run run;
        run.task = "ingest";
        run.outcome = "skipped";
        event noted;
        group both;
        both.spawn([&]() -> task<> {
            co_await transaction([&]() -> task<> {
                co_await store::settle({run}, state);
                noted.set();
                co_await somebody_waits(&base);
            });
        });
        both.spawn([&]() -> task<> {
            co_await noted.wait();
            co_await store::settle({run}, state);
        });
        co_await both.wait();
        EXPECT_EQ(co_await runs("skipped"), 1);
    });
}

TEST_P(run_of_a_task, that_ends_does_not_hide_that_another_was_left_out_and_could_not_be_stored) {
    with_database([&](db::database& base) -> task<> {
        event finish;
        std::atomic<bool> failing = true;
        running_app app(base, {every("ingest", 1min, [&]() -> task<> { co_await finish.wait(); })});
        co_await sleep(61s);
        const auto left_out = (co_await all_runs()).at(0).scheduled_at + 1min;
        db::set_fault_hook([&](std::string_view sql) {
            if (failing && sql.starts_with("INSERT INTO \"croft_run\"")) throw std::runtime_error("the disk is full");
        });
        co_await sleep(left_out + 1s - now());
        finish.set();
        co_await settle();
        EXPECT_EQ(co_await runs("skipped"), 0);
        EXPECT_LE((co_await row_of("ingest")).next_run_at, left_out)
            << "a crash now, and no run says what became of it";
        failing = false;
        co_await sleep(10s);
        EXPECT_EQ(co_await runs("skipped"), 1);
        EXPECT_EQ(co_await runs("ok"), 1);
        EXPECT_GT((co_await row_of("ingest")).next_run_at, left_out);
        co_await app.schedule.stop(0s);
        db::set_fault_hook({});
    });
}

TEST_P(run_of_a_task, that_begins_at_the_moment_in_which_it_is_cancelled_is_cancelled) {
    with_database([&](db::database& base) -> task<> {
        store::claim_request request;
        request.state.name = request.run.task = "ingest";
        co_await store::save(request.state);
        lease own;
        request.who = &own;
        std::int64_t cancelled = 0;
        event taken;
        group both;
        both.spawn([&]() -> task<> {
            co_await transaction([&]() -> task<> {
                co_await store::take(request);
                taken.set();
                co_await somebody_waits(&base);
            });
        });
        both.spawn([&]() -> task<> {
            co_await taken.wait();
            cancelled = co_await store::cancel("ingest", "by the operator");
        });
        co_await both.wait();
        EXPECT_EQ(cancelled, 1);
    });
}

TEST_P(run_of_a_task, that_others_have_marked_as_lost_stays_so_when_it_ends) {
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {cron("ingest", "0 1 * * *", []() -> task<> { co_return; })});
        co_await sleep(61min);
        auto run = (co_await all_runs()).at(0);
        auto state = co_await row_of("ingest");
        co_await query<croft_run>().update(set<&croft_run::outcome>("lost"));
        run.rows = 7;
        state.failures = 7;
        co_await store::settle({run}, state);
        EXPECT_EQ((co_await all_runs()).at(0).outcome, "lost");
        EXPECT_EQ((co_await all_runs()).at(0).rows, 0);
        EXPECT_EQ((co_await row_of("ingest")).failures, 0);
        co_await app.schedule.stop(0s);
    });
}

}  // namespace croft::work
