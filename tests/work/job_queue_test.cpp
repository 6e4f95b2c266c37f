// Queues: order, concurrency, rate, keys, pauses.
#include "jobs.hpp"

using namespace croft;
using namespace croft::work;
using testing::ElementsAre;
using testing::HasSubstr;

struct queued_job : job_test {};
CROFT_ON_EACH_ENGINE(queued_job);

TEST_P(queued_job, of_higher_priority_runs_first_and_of_the_same_the_older_one) {
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

TEST_P(queued_job, never_runs_beside_more_of_its_queue_than_may) {
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

TEST_P(queued_job, begins_no_faster_than_the_rate_of_its_queue) {
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

TEST_P(queued_job, begins_no_faster_than_the_rate_of_its_queue_in_all_processes_together) {
    with_jobs([&](db::database& base) -> task<> {
        const auto other = co_await opened_again(&base);
        co_await enqueue_all(send_email, std::vector<Email>(40), {.queue = "slow"});
        running_worker one(base), two(*other);
        co_await sleep(3s);
        EXPECT_EQ(log.size(), 10u);
        co_await one.jobs.stop(0s);
        co_await two.jobs.stop(0s);
        co_await other->close();
    });
}

TEST_P(queued_job, for_an_unknown_queue_is_refused_with_the_nearest_name) {
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

TEST_P(queued_job, with_a_key_is_enqueued_once_until_it_is_finished) {
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

TEST_P(queued_job, with_a_key_for_a_time_is_enqueued_once_in_that_time) {
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

TEST_P(queued_job, with_a_key_while_it_waits_leaves_room_for_the_next_once_it_has_begun) {
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

TEST_P(queued_job, in_a_paused_queue_waits_until_that_is_resumed) {
    with_jobs([&](db::database& base) -> task<> {
        co_await job_store::set_queue_paused("mail", true);
        running_worker app(base);
        co_await sleep(1s);
        const auto id = co_await enqueue(send_email, Email{}, {.queue = "mail"});
        co_await enqueue(tidy_up);
        co_await sleep(1min);
        EXPECT_EQ(co_await state_of(id), "waiting");
        EXPECT_THAT(log, ElementsAre("tidy"));
        co_await job_store::set_queue_paused("mail", false);
        co_await sleep(2s);
        EXPECT_EQ(co_await state_of(id), "done");
        co_await app.jobs.stop(0s);
    });
}
