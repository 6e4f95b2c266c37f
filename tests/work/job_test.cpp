// What a durable job is: arguments, transaction, time, itself.
#include "jobs.hpp"

using namespace croft;
using namespace croft::work;
using testing::ElementsAre;
using testing::HasSubstr;

struct durable_job : job_test {};
CROFT_ON_EACH_ENGINE(durable_job);

TEST_P(durable_job, runs_with_its_arguments_and_is_done) {
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

TEST_P(durable_job, is_enqueued_with_the_callers_transaction_or_not_at_all) {
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

TEST_P(durable_job, waits_for_its_time) {
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
        EXPECT_EQ((co_await job_row(later)).started_at, at("2026-01-01T00:05Z"));
        co_await app.jobs.stop(0s);
    });
}

TEST_P(durable_job, knows_itself_and_has_one_idempotency_key_for_all_its_attempts) {
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

TEST_P(durable_job, of_an_older_version_is_upgraded_and_of_a_newer_one_or_unknown_waits_for_another_program) {
    with_jobs([&](db::database& base) -> task<> {
        co_await base.write(in(base,
                               "INSERT INTO croft_job (name, run_at, enqueued_at, version) VALUES "
                               "('newer', ?1, ?1, 1), ('newer', ?1, ?1, 3), ('who_knows', ?1, ?1, 1)",
                               {now()}));
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

TEST_P(durable_job, reads_arguments_that_lack_a_member_and_says_where_one_is_of_another_type) {
    with_jobs([&](db::database& base) -> task<> {
        co_await base.write(in(base,
                               "INSERT INTO croft_job (name, run_at, enqueued_at, arguments, attempts) VALUES "
                               "('send_email', ?1, ?1, '{\"to\": \"ann\", \"gone\": 1}', 1), "
                               "('send_email', ?1, ?1, '{\"copies\": [\"a\", 3]}', 1)",
                               {now()}));
        running_worker app(base);
        co_await settle();
        EXPECT_THAT(log, ElementsAre("ann/Hello"));
        EXPECT_EQ((co_await job_row(2)).error, "copies: expected a string, found the integer 3");
        co_await app.jobs.stop(0s);
    });
}

TEST_P(durable_job, keeps_the_log_lines_of_an_attempt) {
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

TEST_P(durable_job, that_is_done_is_deleted_when_it_was_kept_long_enough) {
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
