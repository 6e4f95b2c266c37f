// Jobs that fail, take too long or are cancelled.
#include "jobs.hpp"

using namespace croft;
using namespace croft::work;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {
/// What a hook was told, and what the database said at that moment.
std::vector<std::string> told;
}  // namespace

CROFT_ON(job_dead, note_dead) { told.push_back(event.job + ": " + event.error + ", " + co_await state_of(event.id)); }

struct failing_job : job_test {
    failing_job() { told.clear(); }
};
CROFT_ON_EACH_ENGINE(failing_job);

TEST_P(failing_job, that_fails_is_tried_again_with_growing_pauses_and_then_dead) {
    std::vector<time_point> when;
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string) -> task<> {
            when.push_back(now());
            throw error("smtp says no");
            co_return;
        };
        running_worker app(base, {.poll = 1h});
        const auto id = co_await enqueue(thrice, Email{.to = "ann"}, {.unique_by = 1});
        co_await sleep(1h);
        const auto row = co_await job_row(id);
        EXPECT_EQ(row.state, "dead");
        EXPECT_EQ(row.attempt, 3);
        EXPECT_EQ(row.error, "smtp says no");
        const auto attempts = co_await attempts_of(id);
        EXPECT_EQ(attempts.size(), 3u);
        EXPECT_EQ(attempts.at(1).outcome, "failed");
        EXPECT_EQ(attempts.at(1).error, "smtp says no");
        EXPECT_THAT(attempts.at(0).log, HasSubstr("failed (attempt 1 of 3): smtp says no; next try in "));
        EXPECT_TRUE((co_await enqueue(thrice, Email{.to = "bob"}, {.unique_by = 1})).fresh);
        co_await app.jobs.stop(0s);
    });
    ASSERT_GE(when.size(), 3u);
    EXPECT_GE(when[1] - when[0], 5s);
    EXPECT_LE(when[1] - when[0], 6250ms);
    EXPECT_GE(when[2] - when[1], 10s);
}

TEST_P(failing_job, that_is_dead_can_be_requeued_with_all_its_attempts) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string) -> task<> {
            if (log.size() <= 3) throw error("no");
            co_return;
        };
        running_worker app(base, {.poll = 1h});
        const auto id = co_await enqueue(thrice, Email{});
        co_await sleep(1h);
        EXPECT_EQ(co_await state_of(id), "dead");
        EXPECT_TRUE(co_await job_store::retry(id));
        co_await sleep(61min);
        EXPECT_EQ(co_await state_of(id), "done");
        EXPECT_EQ((co_await job_row(id)).attempt, 1);
        co_await app.jobs.stop(0s);
    });
}

TEST_P(failing_job, can_say_when_it_wants_to_be_tried_again_snooze_or_be_cancelled) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string to) -> task<> {
            if (to == "later" && now() < at("2026-01-01T00:05Z")) throw retry_later(5min, "greylisted");
            if (to == "snooze" && now() < at("2026-01-01T00:30Z")) throw snooze(10min);
            if (to == "never") throw cancel_job("there is no such address");
            co_return;
        };
        running_worker app(base, {.poll = 1h});
        const auto later = co_await enqueue(send_email, Email{.to = "later"});
        const auto snoozing = co_await enqueue(send_email, Email{.to = "snooze"});
        const auto never = co_await enqueue(send_email, Email{.to = "never"});
        co_await sleep(31min);
        EXPECT_EQ((co_await job_row(later)).started_at, at("2026-01-01T00:05Z"));
        EXPECT_EQ((co_await job_row(later)).attempt, 2);
        EXPECT_EQ((co_await job_row(snoozing)).started_at, at("2026-01-01T00:30Z"));
        EXPECT_EQ((co_await job_row(snoozing)).attempt, 1);
        EXPECT_EQ(co_await state_of(never), "cancelled");
        EXPECT_EQ((co_await job_row(never)).error, "there is no such address");
        co_await app.jobs.stop(0s);
    });
}

TEST_P(failing_job, that_takes_too_long_is_destroyed_and_tried_again) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string) -> task<> {
            if (log.size() == 1) co_await sleep(10h);
        };
        running_worker app(base, {.poll = 1h});
        const auto id = co_await enqueue(thrice, Email{});
        co_await sleep(11min);
        const auto row = co_await job_row(id);
        EXPECT_EQ(row.state, "done");
        EXPECT_EQ((co_await attempts_of(id)).at(0).outcome, "timed_out");
        EXPECT_EQ((co_await attempts_of(id)).at(0).error, "not done within 10 min");
        co_await app.jobs.stop(0s);
    });
}

TEST_P(failing_job, can_be_cancelled_while_it_waits_and_while_it_runs_here_or_in_another_process) {
    int gone = 0;
    with_jobs([&](db::database& base) -> task<> {
        struct leaving {
            int* count;
            ~leaving() { ++*count; }
        };
        now_on.behave = [&](std::string) -> task<> {
            const leaving note{&gone};
            co_await sleep(10min);
        };
        running_worker app(base);
        const auto waiting = co_await enqueue(send_email, Email{.to = "waiting"}, {.delay = 1h});
        const auto here = co_await enqueue(send_email, Email{.to = "here"});
        const auto there = co_await enqueue(send_email, Email{.to = "there"});
        co_await settle();
        EXPECT_TRUE(co_await cancel(waiting));
        EXPECT_TRUE(co_await cancel(here, "changed my mind"));
        co_await settle();
        EXPECT_EQ(gone, 1);
        EXPECT_TRUE(co_await job_store::cancel(there, "by the operator"));  // as another process would
        co_await sleep(1s + 1ms);
        EXPECT_EQ(gone, 2);
        co_await sleep(2h);
        EXPECT_EQ(log.size(), 2u);
        for (const std::int64_t id : {waiting.id, here.id, there.id}) EXPECT_EQ(co_await state_of(id), "cancelled");
        EXPECT_EQ((co_await job_row(here)).error, "changed my mind");
        EXPECT_FALSE(co_await cancel(here));
        co_await app.jobs.stop(0s);
    });
}

TEST_P(failing_job, survives_a_database_that_fails_for_a_while) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [](std::string) -> task<> { co_await sleep(10s); };
        running_worker app(base);
        const auto id = co_await enqueue(send_email, Email{});
        co_await sleep(5s);
        co_await base.script("ALTER TABLE croft_job RENAME TO elsewhere");
        co_await sleep(1min);
        co_await base.script("ALTER TABLE elsewhere RENAME TO croft_job");
        co_await sleep(31s);
        EXPECT_EQ(co_await state_of(id), "done");
        EXPECT_EQ((co_await job_row(id)).attempt, 1);
        co_await app.jobs.stop(0s);
    });
    EXPECT_THAT(lines, testing::Contains(HasSubstr("jobs can't be taken or stored: ")));
}

TEST_P(failing_job, that_is_dead_is_told_of_once_and_only_when_that_is_stored) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [](std::string) -> task<> {
            co_await sleep(10s);
            throw error("no");
        };
        co_await enqueue(thrice, Email{});
        co_await query<croft_job>().update(set<&croft_job::attempts>(1));
        running_worker app(base);
        co_await sleep(5s);
        co_await base.script("ALTER TABLE croft_job RENAME TO elsewhere");
        co_await sleep(1min);
        EXPECT_THAT(told, ElementsAre());
        co_await base.script("ALTER TABLE elsewhere RENAME TO croft_job");
        co_await sleep(2min);
        EXPECT_THAT(told, ElementsAre("thrice: no, dead"));
        co_await app.jobs.stop(0s);
    });
}

TEST_P(failing_job, that_dies_as_the_app_stops_is_still_told_of) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [](std::string) -> task<> {
            co_await sleep(5s);
            throw error("no");
        };
        co_await enqueue(thrice, Email{});
        co_await query<croft_job>().update(set<&croft_job::attempts>(1));
        running_worker app(base);
        co_await sleep(1s);
        co_await app.jobs.stop(10s);
        EXPECT_THAT(told, ElementsAre("thrice: no, dead"));
    });
}
