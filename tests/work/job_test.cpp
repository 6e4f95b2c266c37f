#include "job_support.hpp"

using namespace croft;
using croft::work::attempts_of;
using croft::work::croft_job;
using croft::work::job_row;
using croft::work::job_test;
using croft::work::running_worker;
using croft::work::settle;
using croft::work::state_of;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

struct Email {
    std::string to, subject = "Hello";
    std::vector<std::string> copies = {};
    std::optional<int> size = {};
};

/// What the jobs below do, and what they were given; set by each test.
struct scene {
    std::vector<std::string> log;
    std::function<task<>(std::string)> behave;
} now_on;

struct Order {
    std::int64_t id = 0;
    std::string buyer;
};
CROFT_MODEL(Order);

}  // namespace

CROFT_QUEUE(mail, {.concurrency = 2});
CROFT_QUEUE(slow, {.concurrency = 100, .rate = 10, .per = 1min});

CROFT_JOB(send_email, Email email) {
    now_on.log.push_back(email.to + "/" + email.subject);
    if (now_on.behave) co_await now_on.behave(email.to);
}
CROFT_JOB(thrice, Email email, {.attempts = 3, .timeout = 10min}) {
    now_on.log.push_back(email.to);
    if (now_on.behave) co_await now_on.behave(email.to);
}
CROFT_JOB(tidy_up, nothing) {
    now_on.log.push_back("tidy");
    co_return;
}
CROFT_JOB(newer, Email email, {.version = 2, .upgrade = [](json old, int from) {
                                   old.set("subject", "from version " + std::to_string(from));
                                   return old;
                               }}) {
    now_on.log.push_back(email.subject);
    co_return;
}

struct durable_job : job_test {
    durable_job() { now_on = {}; }
    ~durable_job() override { now_on = {}; }
    std::vector<std::string>& log = now_on.log;
};

TEST_F(durable_job, runs_with_its_arguments_and_is_done) {
    with_jobs([&](db::database& base) -> task<> {
        running_worker app(base);
        const auto id = co_await enqueue(send_email, Email{.to = "ann", .subject = "Hi", .copies = {"bob"}, .size = 3});
        co_await settle();
        EXPECT_THAT(log, ElementsAre("ann/Hi"));
        const auto row = co_await job_row(id);
        EXPECT_EQ(row.state, "done");
        EXPECT_EQ(row.attempt, 1);
        EXPECT_EQ(row.arguments, R"({"to":"ann","subject":"Hi","copies":["bob"],"size":3})");
        EXPECT_EQ(row.worker, "");
        EXPECT_EQ(row.finished_at, now());
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, is_enqueued_with_the_callers_transaction_or_not_at_all) {
    with_jobs([&](db::database& base) -> task<> {
        running_worker app(base);
        try {
            co_await transaction([&]() -> task<> {
                co_await enqueue(send_email, Email{.to = "nobody"});
                throw error("no stock");
            });
        } catch (const error&) {
        }
        co_await settle();
        EXPECT_THAT(log, ElementsAre());
        co_await transaction([&]() -> task<> {
            co_await create(Order{.buyer = "ann"});
            co_await enqueue(send_email, Email{.to = "ann"});
            co_await settle();
            EXPECT_THAT(log, ElementsAre());  // not before it is committed
        });
        co_await settle();
        EXPECT_THAT(log, ElementsAre("ann/Hello"));  // at once, without a poll
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, waits_for_its_time) {
    with_jobs([&](db::database& base) -> task<> {
        running_worker app(base, {.poll = 24h});
        const auto later = co_await enqueue(send_email, Email{.to = "later"}, {.delay = 5min});
        co_await enqueue(send_email, Email{.to = "at"}, {.at = now() + 2min});
        co_await sleep(1min);
        EXPECT_THAT(log, ElementsAre());
        EXPECT_EQ(co_await state_of(later), "scheduled");
        co_await sleep(61s);
        EXPECT_THAT(log, ElementsAre("at/Hello"));
        co_await sleep(3min);
        EXPECT_THAT(log, ElementsAre("at/Hello", "later/Hello"));
        EXPECT_EQ((co_await job_row(later)).started_at, work::at("2026-01-01T00:05Z"));
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, of_higher_priority_runs_first_and_of_the_same_the_older_one) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [](std::string) -> task<> { co_await sleep(1s); };
        for (const char* name : {"a", "b", "c"}) co_await enqueue(send_email, Email{.to = name}, {.queue = "mail"});
        co_await enqueue(send_email, Email{.to = "urgent"}, {.priority = 1, .queue = "mail"});
        co_await enqueue(send_email, Email{.to = "some day"}, {.priority = -1, .queue = "mail"});
        running_worker app(base);
        co_await sleep(10s);
        EXPECT_THAT(log, ElementsAre("urgent/Hello", "a/Hello", "b/Hello", "c/Hello", "some day/Hello"));
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, never_runs_beside_more_of_its_queue_than_may) {
    int beside = 0, most = 0;
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string) -> task<> {
            most = std::max(most, ++beside);
            co_await sleep(1s);
            --beside;
        };
        running_worker app(base);
        for (int i = 0; i < 10; ++i) co_await enqueue(send_email, Email{}, {.queue = "mail"});
        co_await sleep(5s + 1ms);
        EXPECT_EQ(log.size(), 10u);
        EXPECT_EQ(most, 2);
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, begins_no_faster_than_the_rate_of_its_queue) {
    with_jobs([&](db::database& base) -> task<> {
        running_worker app(base, {.poll = 1h});
        co_await enqueue_all(send_email, std::vector<Email>(40), {.queue = "slow"});
        co_await settle();
        EXPECT_EQ(log.size(), 10u);
        co_await sleep(1min);
        EXPECT_GE(log.size(), 19u);
        EXPECT_LE(log.size(), 20u);
        co_await sleep(121s);
        EXPECT_EQ(log.size(), 40u);
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, for_an_unknown_queue_is_refused_with_the_nearest_name) {
    with_jobs([&](db::database&) -> task<> {
        std::string why;
        try {
            co_await enqueue(send_email, Email{}, {.queue = "mial"});
        } catch (const config_error& e) {
            why = e.what();
        }
        EXPECT_EQ(why, "there is no queue \"mial\"; did you mean \"mail\"?; CROFT_QUEUE declares one");
    });
}

TEST_F(durable_job, with_a_key_is_enqueued_once_until_it_is_finished) {
    with_jobs([&](db::database& base) -> task<> {
        const auto first = co_await enqueue(send_email, Email{.to = "a"}, {.unique_by = 7});
        const auto again = co_await enqueue(send_email, Email{.to = "b"}, {.unique_by = 7});
        const auto other = co_await enqueue(send_email, Email{.to = "c"}, {.unique_by = "8"});
        EXPECT_TRUE(first.fresh);
        EXPECT_FALSE(again.fresh);
        EXPECT_EQ(again.id, first.id);
        EXPECT_TRUE(other.fresh);
        running_worker app(base);
        co_await settle();
        EXPECT_THAT(log, ElementsAre("a/Hello", "c/Hello"));
        EXPECT_TRUE((co_await enqueue(send_email, Email{.to = "d"}, {.unique_by = 7})).fresh);
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, with_a_key_for_a_time_is_enqueued_once_in_that_time) {
    with_jobs([&](db::database& base) -> task<> {
        running_worker app(base, {.poll = 1h});
        co_await enqueue(send_email, Email{.to = "a"}, {.unique_by = 7, .unique_for = 1h});
        co_await sleep(59min);
        EXPECT_FALSE((co_await enqueue(send_email, Email{.to = "b"}, {.unique_by = 7, .unique_for = 1h})).fresh);
        co_await sleep(2min);
        EXPECT_TRUE((co_await enqueue(send_email, Email{.to = "c"}, {.unique_by = 7, .unique_for = 1h})).fresh);
        co_await settle();
        EXPECT_THAT(log, ElementsAre("a/Hello", "c/Hello"));
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, with_a_key_while_it_waits_leaves_room_for_the_next_once_it_has_begun) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [](std::string) -> task<> { co_await sleep(1min); };
        const enqueue_options once{.unique_by = 7, .unique_while = unique_while::waiting};
        EXPECT_TRUE((co_await enqueue(send_email, Email{}, once)).fresh);
        EXPECT_FALSE((co_await enqueue(send_email, Email{}, once)).fresh);
        running_worker app(base);
        co_await settle();
        EXPECT_TRUE((co_await enqueue(send_email, Email{}, once)).fresh);
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, that_fails_is_tried_again_with_growing_pauses_and_then_dead) {
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

TEST_F(durable_job, that_is_dead_can_be_requeued_with_all_its_attempts) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string) -> task<> {
            if (log.size() <= 3) throw error("no");
            co_return;
        };
        running_worker app(base, {.poll = 1h});
        const auto id = co_await enqueue(thrice, Email{});
        co_await sleep(1h);
        EXPECT_EQ(co_await state_of(id), "dead");
        EXPECT_TRUE(co_await work::job_store::retry(id));
        co_await sleep(61min);
        EXPECT_EQ(co_await state_of(id), "done");
        EXPECT_EQ((co_await job_row(id)).attempt, 1);
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, can_say_when_it_wants_to_be_tried_again_snooze_or_be_cancelled) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string to) -> task<> {
            if (to == "later" && now() < work::at("2026-01-01T00:05Z")) throw retry_later(5min, "greylisted");
            if (to == "snooze" && now() < work::at("2026-01-01T00:30Z")) throw snooze(10min);
            if (to == "never") throw cancel_job("there is no such address");
            co_return;
        };
        running_worker app(base, {.poll = 1h});
        const auto later = co_await enqueue(send_email, Email{.to = "later"});
        const auto snoozing = co_await enqueue(send_email, Email{.to = "snooze"});
        const auto never = co_await enqueue(send_email, Email{.to = "never"});
        co_await sleep(31min);
        EXPECT_EQ((co_await job_row(later)).started_at, work::at("2026-01-01T00:05Z"));
        EXPECT_EQ((co_await job_row(later)).attempt, 2);
        EXPECT_EQ((co_await job_row(snoozing)).started_at, work::at("2026-01-01T00:30Z"));
        EXPECT_EQ((co_await job_row(snoozing)).attempt, 1);
        EXPECT_EQ(co_await state_of(never), "cancelled");
        EXPECT_EQ((co_await job_row(never)).error, "there is no such address");
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, that_takes_too_long_is_destroyed_and_tried_again) {
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

TEST_F(durable_job, can_be_cancelled_while_it_waits_and_while_it_runs_here_or_in_another_process) {
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
        EXPECT_TRUE(co_await work::job_store::cancel(there, "by the operator"));  // as another process would
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

TEST_F(durable_job, after_others_begins_when_all_of_them_are_done) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string to) -> task<> { co_await sleep(to == "b" ? 2min : 1min); };
        const auto parts = co_await enqueue_all(send_email, std::vector<Email>{{.to = "a"}, {.to = "b"}});
        const auto last = co_await enqueue(send_email, Email{.to = "last"}, {.after = {parts[0], parts[1]}});
        running_worker app(base, {.poll = 24h});
        co_await sleep(90s);
        EXPECT_EQ(co_await state_of(last), "held");
        co_await sleep(31s);
        EXPECT_EQ(co_await state_of(last), "running");
        co_await sleep(2min);
        EXPECT_THAT(log, ElementsAre("a/Hello", "b/Hello", "last/Hello"));
        const auto at_once = co_await enqueue(tidy_up, nothing{}, {.after = {parts[0]}});
        co_await settle();
        EXPECT_EQ(co_await state_of(at_once), "done");
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, after_one_that_is_dead_waits_for_its_requeue_and_after_a_cancelled_one_is_cancelled) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string to) -> task<> {
            if (to == "bad" && now() < work::at("2026-01-01T02:00Z")) throw error("no");
            co_return;
        };
        running_worker app(base, {.poll = 1h});
        const auto bad = co_await enqueue(thrice, Email{.to = "bad"});
        const auto next = co_await enqueue(tidy_up, nothing{}, {.after = {bad}});
        const auto gone = co_await enqueue(send_email, Email{.to = "gone"}, {.delay = 1h});
        const auto gone_too = co_await enqueue(tidy_up, nothing{}, {.after = {gone}});
        const auto and_this = co_await enqueue(tidy_up, nothing{}, {.after = {gone_too}});
        co_await cancel(gone);
        co_await sleep(2h);
        EXPECT_EQ(co_await state_of(bad), "dead");
        EXPECT_EQ(co_await state_of(next), "held");
        EXPECT_EQ(co_await state_of(gone_too), "cancelled");
        EXPECT_EQ((co_await job_row(and_this)).error, "a job that it waited for was cancelled");
        co_await work::job_store::retry(bad);
        co_await sleep(61min);
        EXPECT_EQ(co_await state_of(next), "done");
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, goes_on_after_the_last_step_that_it_finished) {
    int fetched = 0, stored = 0;
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string) -> task<> {
            const auto page = co_await step("fetch", [&]() -> task<Email> {
                ++fetched;
                co_return Email{.to = "page", .subject = "kept", .size = 4};
            });
            EXPECT_EQ(page.subject, "kept");
            EXPECT_EQ(page.size, 4);
            co_await step("store", [&]() -> task<> {
                if (++stored == 1) throw error("disk full");
                co_return;
            });
        };
        running_worker app(base);
        const auto id = co_await enqueue(send_email, Email{});
        co_await sleep(1min);
        EXPECT_EQ(co_await state_of(id), "done");
        EXPECT_EQ(fetched, 1);
        EXPECT_EQ(stored, 2);
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, that_completes_in_its_transaction_is_done_with_what_it_wrote_and_enqueued) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string) -> task<> {
            co_await transaction([&]() -> task<> {
                co_await create(Order{.buyer = "ann"});
                co_await enqueue(tidy_up);
                co_await complete(std::string("stored"));
                if (log.size() == 1) throw error("at the last moment");
            });
            throw error("after it was done");
        };
        running_worker app(base);
        const auto id = co_await enqueue(send_email, Email{});
        co_await sleep(1min);
        EXPECT_EQ(co_await state_of(id), "done");
        EXPECT_EQ((co_await job_row(id)).attempt, 2);
        EXPECT_EQ(co_await result_of<std::string>(id), "stored");
        EXPECT_EQ(co_await query<Order>().count(), 1);
        EXPECT_THAT(log, ElementsAre("/Hello", "/Hello", "tidy"));
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, knows_itself_and_has_one_idempotency_key_for_all_its_attempts) {
    std::vector<std::string> keys;
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string) -> task<> {
            keys.push_back(this_job().idempotency_key());
            EXPECT_EQ(this_job().attempt, static_cast<int>(keys.size()));
            co_await progress(0.5, "half of it");
            if (keys.size() < 2) throw error("again");
        };
        running_worker app(base);
        const auto id = co_await enqueue(send_email, Email{});
        co_await settle();
        EXPECT_EQ((co_await job_row(id)).progress, 0.5);
        EXPECT_EQ((co_await job_row(id)).progress_note, "half of it");
        co_await sleep(1min);
        co_await app.jobs.stop(0s);
    });
    ASSERT_EQ(keys.size(), 2u);
    EXPECT_EQ(keys[0], keys[1]);
    EXPECT_THAT(keys[0], HasSubstr("send_email-1-"));
}

TEST_F(durable_job, whose_process_dies_is_found_within_five_seconds_of_the_next_start) {
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
        EXPECT_EQ(co_await state_of(id), "done");
        EXPECT_EQ((co_await job_row(id)).attempt, 2);
        EXPECT_EQ((co_await attempts_of(id)).at(0).outcome, "lost");
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, whose_process_dies_is_taken_up_by_another_one) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string) -> task<> {
            if (log.size() == 1) co_await sleep(10min);
        };
        auto one = std::make_unique<running_worker>(base);
        const auto id = co_await enqueue(send_email, Email{});
        co_await settle();
        running_worker two(base);
        co_await sleep(1min);
        EXPECT_EQ(log.size(), 1u);  // as long as it lives nobody takes what it runs
        one.reset();
        co_await sleep(5s + 1ms);
        EXPECT_EQ(co_await state_of(id), "done");
        co_await two.jobs.stop(0s);
    });
}

TEST_F(durable_job, that_kills_its_process_three_times_is_dead_and_those_beside_it_are_not) {
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

TEST_F(durable_job, of_a_worker_that_was_taken_for_dead_is_given_up_and_not_ended_twice) {
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
        co_await query<work::croft_process>().remove();  // as another process would, had this one been suspended
        co_await sleep(5s);
        EXPECT_EQ(gone, 1);
        co_await sleep(2min);
        EXPECT_EQ(co_await state_of(id), "done");
        EXPECT_EQ((co_await job_row(id)).attempt, 2);
        EXPECT_EQ(log.size(), 2u);
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, under_way_at_a_stop_gets_its_grace_and_is_then_given_back_unchanged) {
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
        EXPECT_EQ(co_await query<work::croft_process>().count(), 0);
        EXPECT_EQ(now(), work::at("2026-01-01T00:00:30Z"));
    });
}

TEST_F(durable_job, of_two_workers_runs_in_one_of_them) {
    with_jobs([&](db::database& base) -> task<> {
        running_worker one(base), two(base);
        now_on.behave = [](std::string) -> task<> { co_await sleep(100ms); };
        co_await enqueue_all(send_email, std::vector<Email>(200));
        co_await sleep(1min);
        EXPECT_EQ(log.size(), 200u);
        EXPECT_EQ(co_await query<croft_job>().where(f<&croft_job::state> == "done").count(), 200);
        co_await one.jobs.stop(0s);
        co_await two.jobs.stop(0s);
    });
}

TEST_F(durable_job, that_another_process_enqueued_is_seen_within_a_second) {
    with_jobs([&](db::database& base) -> task<> {
        running_worker app(base);
        co_await settle();
        co_await base.write({"INSERT INTO croft_job (name, run_at, enqueued_at) VALUES ('tidy_up', ?1, ?1)", {now()}});
        co_await sleep(1s + 1ms);
        EXPECT_THAT(log, ElementsAre("tidy"));
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, of_an_older_version_is_upgraded_and_of_a_newer_one_or_unknown_waits_for_another_program) {
    with_jobs([&](db::database& base) -> task<> {
        co_await base.write(
            {"INSERT INTO croft_job (name, run_at, enqueued_at, version) VALUES "
             "('newer', ?1, ?1, 1), ('newer', ?1, ?1, 3), ('who_knows', ?1, ?1, 1)",
             {now()}});
        running_worker app(base, {.poll = 1h});
        co_await sleep(1h);
        EXPECT_THAT(log, ElementsAre("from version 1"));
        const auto rows = co_await query<croft_job>().order_by(f<&croft_job::id>).list();
        EXPECT_EQ(rows.at(0).state, "done");
        for (const auto i : {1u, 2u}) {
            EXPECT_EQ(rows.at(i).state, "scheduled");
            EXPECT_EQ(rows.at(i).attempt, 0);
        }
        EXPECT_THAT(lines, testing::Contains("job who_knows 3 waits for a program that knows it"));
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, reads_arguments_that_lack_a_member_and_says_where_one_is_of_another_type) {
    with_jobs([&](db::database& base) -> task<> {
        co_await base.write(
            {"INSERT INTO croft_job (name, run_at, enqueued_at, arguments, attempts) VALUES "
             "('send_email', ?1, ?1, '{\"to\": \"ann\", \"gone\": 1}', 1), "
             "('send_email', ?1, ?1, '{\"copies\": [\"a\", 3]}', 1)",
             {now()}});
        running_worker app(base);
        co_await settle();
        EXPECT_THAT(log, ElementsAre("ann/Hello"));
        EXPECT_EQ((co_await job_row(2)).error, "copies: expected a string, found the integer 3");
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, keeps_the_log_lines_of_an_attempt) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [](std::string) -> task<> {
            log::info("page {}", 1);
            co_return;
        };
        running_worker app(base);
        const auto id = co_await enqueue(send_email, Email{});
        co_await settle();
        EXPECT_EQ((co_await attempts_of(id)).at(0).log, "00:00:00.000 info  page 1\n");
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, that_is_done_is_deleted_when_it_was_kept_long_enough) {
    with_jobs([&](db::database& base) -> task<> {
        running_worker app(base, {.poll = 1h});
        co_await enqueue(send_email, Email{});
        co_await sleep(23h);
        EXPECT_EQ(co_await query<croft_job>().count(), 1);
        co_await sleep(3h);
        EXPECT_EQ(co_await query<croft_job>().count(), 0);
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, in_a_paused_queue_waits_until_that_is_resumed) {
    with_jobs([&](db::database& base) -> task<> {
        co_await work::job_store::set_queue_paused("mail", true);
        running_worker app(base);
        co_await sleep(1s);
        const auto id = co_await enqueue(send_email, Email{}, {.queue = "mail"});
        co_await enqueue(tidy_up);
        co_await sleep(1min);
        EXPECT_EQ(co_await state_of(id), "waiting");
        EXPECT_THAT(log, ElementsAre("tidy"));
        co_await work::job_store::set_queue_paused("mail", false);
        co_await sleep(2s);
        EXPECT_EQ(co_await state_of(id), "done");
        co_await app.jobs.stop(0s);
    });
}

TEST_F(durable_job, survives_a_database_that_fails_for_a_while) {
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
