// Processes that die, stop, or share the work.
#include "jobs.hpp"

using namespace croft;
using namespace croft::work;
using testing::ElementsAre;
using testing::HasSubstr;

struct shared_job : job_test {};
CROFT_ON_EACH_ENGINE(shared_job);

TEST_P(shared_job, whose_process_dies_is_found_within_five_seconds_of_the_next_start) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string) -> task<> {
            if (log.size() == 1) co_await sleep(10min);
        };
        std::int64_t id = 0;
        {
            running_worker app(base);
            id = co_await enqueue(send_email, Email{});
            co_await sleep(1min);
            EXPECT_EQ(co_await state_of(id), "running");
        }
        running_worker app(base);
        co_await sleep(3s);
        EXPECT_EQ(log.size(), 1u);  // it may be alive: who knows
        co_await sleep(2s);
        co_await settle();  // both wake at this moment
        EXPECT_EQ(co_await state_of(id), "done");
        EXPECT_EQ((co_await job_row(id)).attempt, 2);
        EXPECT_EQ((co_await attempts_of(id)).at(0).outcome, "lost");
        co_await app.jobs.stop(0s);
    });
}

TEST_P(shared_job, whose_process_dies_is_taken_up_by_another_one) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string) -> task<> {
            if (log.size() == 1) co_await sleep(10min);
        };
        auto one = std::make_unique<running_worker>(base);
        const auto id = co_await enqueue(send_email, Email{});
        co_await settle();
        const auto other = co_await opened_again(&base);
        running_worker two(*other);
        co_await sleep(1min);
        EXPECT_EQ(log.size(), 1u);  // as long as it lives nobody takes what it runs
        one.reset();
        co_await sleep(5s + 1ms);
        EXPECT_EQ(co_await state_of(id), "done");
        co_await two.jobs.stop(0s);
        co_await other->close();
    });
}

TEST_P(shared_job, that_kills_its_process_three_times_is_dead_and_those_beside_it_are_not) {
    with_jobs([&](db::database& base) -> task<> {
        bool crash = false;
        now_on.behave = [&](std::string to) -> task<> {
            if (to == "poison") crash = true;
            co_await sleep(10s);
        };
        const auto poison = co_await enqueue(send_email, Email{.to = "poison"});
        const auto good = co_await enqueue_all(send_email, std::vector<Email>(6, {.to = "good"}));
        for (int i = 0; i < 10; ++i) {
            running_worker app(base);
            for (int s = 0; s < 100 && !crash; ++s) co_await sleep(1s);
            if (!crash) break;
            co_await settle();
            crash = false;
        }
        running_worker app(base);
        co_await sleep(5min);
        EXPECT_EQ(co_await state_of(poison), "dead");
        EXPECT_EQ((co_await job_row(poison)).lost, 3);
        for (const auto& one : good) EXPECT_EQ(co_await state_of(one), "done");
        co_await app.jobs.stop(0s);
    });
}

TEST_P(shared_job, of_a_worker_that_was_taken_for_dead_is_given_up_and_not_ended_twice) {
    int gone = 0;
    with_jobs([&](db::database& base) -> task<> {
        struct leaving {
            int* count;
            ~leaving() { ++*count; }
        };
        now_on.behave = [&](std::string) -> task<> {
            const leaving note{&gone};
            co_await sleep(1min);
        };
        running_worker app(base);
        const auto id = co_await enqueue(send_email, Email{});
        co_await settle();
        co_await query<croft_process>().remove();  // as another process would, had this one been suspended
        co_await sleep(5s);
        co_await settle();
        EXPECT_EQ(gone, 1);
        co_await sleep(2min);
        EXPECT_EQ(co_await state_of(id), "done");
        EXPECT_EQ((co_await job_row(id)).attempt, 2);
        EXPECT_EQ(log.size(), 2u);
        co_await app.jobs.stop(0s);
    });
}

TEST_P(shared_job, under_way_at_a_stop_gets_its_grace_and_is_then_given_back_unchanged) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string to) -> task<> { co_await sleep(to == "quick" ? 20s : 20min); };
        std::int64_t quick = 0, slow = 0;
        {
            running_worker app(base);
            quick = co_await enqueue(send_email, Email{.to = "quick"});
            slow = co_await enqueue(send_email, Email{.to = "slow"});
            co_await settle();
            co_await app.jobs.stop(30s);
        }
        EXPECT_EQ(co_await state_of(quick), "done");
        EXPECT_EQ(co_await state_of(slow), "waiting");
        EXPECT_EQ((co_await job_row(slow)).attempt, 0);
        EXPECT_EQ((co_await attempts_of(slow)).at(0).outcome, "stopped");
        EXPECT_EQ(co_await query<croft_process>().count(), 0);
        EXPECT_EQ(now(), at("2026-01-01T00:00:30Z"));
    });
}

TEST_P(shared_job, of_two_workers_runs_in_one_of_them) {
    with_jobs([&](db::database& base) -> task<> {
        const auto other = co_await opened_again(&base);
        running_worker one(base), two(*other);
        now_on.behave = [](std::string) -> task<> { co_await sleep(100ms); };
        co_await enqueue_all(send_email, std::vector<Email>(200));
        co_await sleep(1min);
        EXPECT_EQ(log.size(), 200u);
        EXPECT_EQ(co_await query<croft_job>().where(f<&croft_job::state> == "done").count(), 200);
        co_await one.jobs.stop(0s);
        co_await two.jobs.stop(0s);
        co_await other->close();
        EXPECT_THAT(lines, testing::Each(testing::Not(HasSubstr("can't be"))));
    });
}

TEST_P(shared_job, that_another_process_enqueued_is_seen_within_a_second) {
    with_jobs([&](db::database& base) -> task<> {
        running_worker app(base);
        co_await settle();
        co_await base.write(
            in(base, "INSERT INTO croft_job (name, run_at, enqueued_at) VALUES ('tidy_up', ?1, ?1)", {now()}));
        co_await sleep(1s + 1ms);
        EXPECT_THAT(log, ElementsAre("tidy"));
        co_await app.jobs.stop(0s);
    });
}

TEST_P(shared_job, what_it_logs_is_stored_within_a_second_and_stays_when_its_process_dies) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string) -> task<> {
            log::info("page {}", log.size());
            co_await sleep(log.size() == 1 ? 10min : 10s);
        };
        std::int64_t id = 0;
        {
            running_worker app(base);
            id = co_await enqueue(send_email, Email{});
            co_await sleep(1s + 1ms);
            EXPECT_EQ((co_await attempts_of(id)).at(0).outcome, "running");
            EXPECT_EQ((co_await attempts_of(id)).at(0).log, "00:00:00.000 info  page 1\n");
        }
        running_worker app(base);
        co_await sleep(1min);
        const auto attempts = co_await attempts_of(id);
        EXPECT_EQ(attempts.size(), 2u);
        EXPECT_EQ(attempts.at(0).outcome, "lost");
        EXPECT_EQ(attempts.at(0).log, "00:00:00.000 info  page 1\n");
        EXPECT_EQ(attempts.at(1).outcome, "ok");
        EXPECT_THAT(attempts.at(1).log, HasSubstr("page 2\n"));
        EXPECT_TRUE(attempts.at(1).finished_at);
        co_await app.jobs.stop(0s);
    });
}

TEST_P(shared_job, that_is_cancelled_while_it_runs_keeps_what_it_had_logged) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [](std::string) -> task<> {
            log::info("begins");
            co_await sleep(10min);
        };
        running_worker app(base);
        const auto id = co_await enqueue(send_email, Email{});
        co_await sleep(5s);
        EXPECT_TRUE(co_await job_store::cancel(id.id, "by the operator"));
        co_await sleep(5s);
        const auto attempts = co_await attempts_of(id);
        EXPECT_EQ(attempts.size(), 1u);
        EXPECT_EQ(attempts.at(0).outcome, "cancelled");
        EXPECT_EQ(attempts.at(0).log, "00:00:00.000 info  begins\n");
        co_await app.jobs.stop(0s);
    });
}

TEST_P(shared_job, of_a_worker_that_was_taken_for_dead_has_no_row_that_nobody_would_end) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [](std::string) -> task<> {
            co_await sleep(200ms);
            log::info("begins");
            co_await sleep(10min);
        };
        running_worker app(base);
        const auto id = co_await enqueue(send_email, Email{});
        co_await sleep(1100ms);
        co_await query<croft_process>().remove();  // from here on others look for what it ran, and end it
        co_await sleep(200ms);
        EXPECT_TRUE((co_await attempts_of(id)).empty());
        EXPECT_THAT(lines, testing::Contains(HasSubstr("the log lines of jobs can't be stored")));
        co_await app.jobs.stop(0s);
    });
}

TEST_P(shared_job, that_logs_nothing_has_no_row_for_its_attempt) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [](std::string) -> task<> { co_await sleep(1min); };
        running_worker app(base);
        const auto id = co_await enqueue(send_email, Email{});
        co_await sleep(2min);
        EXPECT_EQ(co_await state_of(id), "done");
        EXPECT_TRUE((co_await attempts_of(id)).empty());
        co_await app.jobs.stop(0s);
    });
}

TEST_P(shared_job, that_ended_or_was_begun_again_is_given_no_row_by_a_late_log) {
    with_jobs([&](db::database&) -> task<> {
        const auto id = co_await enqueue(send_email, Email{});
        const auto row = query<croft_job>().where(f<&croft_job::id> == id.id);
        croft_job_attempt late;
        late.job = id.id;
        late.started_at = now();
        late.process = "me";
        late.log = "line\n";
        const auto begun = [&](std::string worker, time_point when) -> task<> {
            co_await row.update(set<&croft_job::state>("running"), set<&croft_job::worker>(worker),
                                set<&croft_job::started_at>(when));
            co_await job_store::keep_log(late);
        };
        co_await job_store::keep_log(late);
        co_await begun("another", now());
        co_await begun("me", now() + 1s);
        EXPECT_TRUE((co_await attempts_of(id)).empty());
        co_await begun("me", now());
        co_await begun("me", now());
        EXPECT_EQ((co_await attempts_of(id)).size(), 1u);
    });
}

TEST_P(shared_job, that_is_taken_up_while_others_look_for_the_lost_is_left_to_who_took_it) {
    with_jobs([&](db::database& base) -> task<> {
        const auto id = co_await enqueue(send_email, Email{});
        const auto row = query<croft_job>().where(f<&croft_job::id> == id.id);
        co_await row.update(set<&croft_job::state>("running"), set<&croft_job::worker>("dead"));
        std::vector<job_store::loss> lost;
        event taken;
        group both;
        both.spawn([&]() -> task<> {
            co_await transaction([&]() -> task<> {
                co_await row.update(set<&croft_job::worker>("new"));
                croft_process alive;
                alive.name = "new";
                co_await save(alive);
                taken.set();
                co_await somebody_waits(&base);
            });
        });
        both.spawn([&]() -> task<> {
            co_await taken.wait();
            lost = co_await job_store::lose(3, now());
        });
        co_await both.wait();
        EXPECT_TRUE(lost.empty());
        EXPECT_EQ(co_await state_of(id), "running");
    });
}

TEST_P(shared_job, of_a_process_that_gives_a_sign_of_life_at_the_last_moment_is_left_to_it) {
    with_jobs([&](db::database& base) -> task<> {
        croft_process other;
        other.name = "other";
        co_await save(other);
        lease watcher;
        co_await watcher.pulse(false);
        co_await sleep(4s);
        event beaten;
        group both;
        both.spawn([&]() -> task<> {
            co_await transaction([&]() -> task<> {
                co_await query<croft_process>().update(set<&croft_process::beat>(1));
                beaten.set();
                co_await somebody_waits(&base);
            });
        });
        both.spawn([&]() -> task<> {
            co_await beaten.wait();
            co_await watcher.pulse(false);
        });
        co_await both.wait();
        EXPECT_EQ(co_await query<croft_process>().count(), 1);
    });
}
