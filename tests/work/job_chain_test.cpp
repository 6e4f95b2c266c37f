// Jobs that wait for others, and what they store together.
#include "jobs.hpp"

using namespace croft;
using namespace croft::work;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

/// Until so many connections wait for a lock.
task<> waiters(db::database* base, int count) {
    for (int i = 0; i < 10'000; ++i)
        if (co_await test::number(base,
                                  "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname ="
                                  " current_database()") >= count)
            co_return;
}

/// As a worker stores that a job is done.
task<> end(std::int64_t id) {
    co_await query<croft_job>().where(f<&croft_job::id> == id).update(set<&croft_job::state>("running"));
    job_store::ended done;
    done.id = id;
    done.state = "done";
    co_await job_store::end({done}, "", now());
}

}  // namespace

struct chained_job : job_test {};
CROFT_ON_EACH_ENGINE(chained_job);

TEST_P(chained_job, after_others_begins_when_all_of_them_are_done) {
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

TEST_P(chained_job, after_one_that_is_dead_waits_for_its_requeue_and_after_a_cancelled_one_is_cancelled) {
    with_jobs([&](db::database& base) -> task<> {
        now_on.behave = [&](std::string to) -> task<> {
            if (to == "bad" && now() < at("2026-01-01T02:00Z")) throw error("no");
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
        co_await job_store::retry(bad);
        co_await sleep(61min);
        EXPECT_EQ(co_await state_of(next), "done");
        co_await app.jobs.stop(0s);
    });
}

TEST_P(chained_job, goes_on_after_the_last_step_that_it_finished) {
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

TEST_P(chained_job, that_completes_in_its_transaction_is_done_with_what_it_wrote_and_enqueued) {
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

TEST_P(chained_job, goes_on_when_the_last_two_that_it_waits_for_end_at_the_same_moment_in_two_processes) {
    with_jobs([&](db::database& base) -> task<> {
        const auto parts = co_await enqueue_all(send_email, std::vector<Email>(2));
        const auto last = co_await enqueue(tidy_up, nothing{}, {.after = {parts[0], parts[1]}});
        event first_ended;
        group both;
        both.spawn([&]() -> task<> {
            co_await transaction([&]() -> task<> {
                co_await end(parts[0]);
                first_ended.set();
                co_await somebody_waits(&base);
            });
        });
        both.spawn([&]() -> task<> {
            co_await first_ended.wait();
            co_await transaction([&] { return end(parts[1]); });
        });
        co_await both.wait();
        EXPECT_EQ(co_await state_of(last), "scheduled");
    });
}

TEST_P(chained_job, that_is_enqueued_while_what_it_waits_for_ends_does_not_wait_for_ever) {
    with_jobs([&](db::database& base) -> task<> {
        const auto first = co_await enqueue(send_email, Email{});
        std::int64_t last = 0;
        event enqueued;
        group both;
        both.spawn([&]() -> task<> {
            co_await transaction([&]() -> task<> {
                last = co_await enqueue(tidy_up, nothing{}, {.after = {first}});
                enqueued.set();
                co_await somebody_waits(&base);
            });
        });
        both.spawn([&]() -> task<> {
            co_await enqueued.wait();
            co_await transaction([&] { return end(first); });
        });
        co_await both.wait();
        EXPECT_EQ(co_await state_of(last), "scheduled");
    });
}

TEST_P(chained_job, that_is_enqueued_after_one_whose_end_is_being_stored_does_not_wait_for_ever) {
    with_jobs([&](db::database& base) -> task<> {
        const auto first = co_await enqueue(send_email, Email{});
        std::int64_t last = 0;
        event ended;
        group both;
        both.spawn([&]() -> task<> {
            co_await transaction([&]() -> task<> {
                co_await end(first);
                ended.set();
                co_await somebody_waits(&base);
            });
        });
        both.spawn([&]() -> task<> {
            co_await ended.wait();
            last = co_await enqueue(tidy_up, nothing{}, {.after = {first}});
        });
        co_await both.wait();
        EXPECT_EQ(co_await state_of(last), "scheduled");
    });
}

TEST_P(chained_job, that_is_enqueued_after_many_while_these_end_is_in_no_deadlock_with_their_worker) {
    with_jobs([&](db::database& base) -> task<> {
        if (base.kind() == db::engine::sqlite) co_return;  // one writes at a time
        const auto parts = co_await enqueue_all(send_email, std::vector<Email>(100));
        const std::vector<std::int64_t> ids(parts.begin(), parts.end());
        for (auto id = ids.rbegin(); id != ids.rend(); ++id)  // so that they lie in the table the other way round
            co_await query<croft_job>().where(f<&croft_job::id> == *id).update(set<&croft_job::state>("running"));
        std::int64_t last = 0;
        event locked;
        group all;
        all.spawn([&]() -> task<> {  // has one of the first until the two others wait
            co_await transaction([&]() -> task<> {
                co_await query<croft_job>().where(f<&croft_job::id> == ids[10]).for_update().list();
                locked.set();
                co_await waiters(&base, 2);
            });
        });
        co_await locked.wait();
        all.spawn([&]() -> task<> {
            co_await transaction([&]() -> task<> {
                last = co_await enqueue(tidy_up, nothing{}, {.after = {parts.begin(), parts.end()}});
            });
        });
        co_await waiters(&base, 1);
        all.spawn([&]() -> task<> {
            std::vector<job_store::ended> done;
            for (const auto id : ids) {
                done.emplace_back().id = id;
                done.back().state = "done";
            }
            co_await transaction([&]() -> task<> { co_await job_store::end(done, "", now()); });
        });
        co_await all.wait();  // throws what one of them throws
        EXPECT_EQ(co_await state_of(last), "scheduled");
    });
}

TEST_P(chained_job, that_is_enqueued_after_others_in_any_order_never_keeps_the_worker_from_its_work) {
    with_jobs([&](db::database& base) -> task<> {
        // Whoever finds a deadlock gives up: the worker, which looks before the other's second is over, and after that
        // waits.
        if (base.kind() == db::engine::postgres)
            co_await base.script(
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''300ms''',"
                " current_database()); END $$");
        event go;
        now_on.behave = [&](std::string to) -> task<> {
            if (to == "part") co_await go.wait();
        };
        const auto first = co_await enqueue(send_email, Email{.to = "part"});
        const auto middle = co_await enqueue(send_email, Email{}, {.after = {first}});
        const auto last = co_await enqueue(send_email, Email{.to = "part"});
        const auto other = co_await opened_again(&base);
        running_worker app(*other);
        co_await settle();
        co_await transaction([&]() -> task<> {
            co_await enqueue(tidy_up, nothing{}, {.after = {middle}});
            go.set();  // the worker has the first and the last, and waits for the one in the middle
            co_await somebody_waits(&base);
            co_await enqueue(tidy_up, nothing{}, {.after = {last}});
        });
        co_await sleep(5s);
        EXPECT_EQ(co_await query<croft_job>().where(f<&croft_job::state> == "done").count(), 5);
        EXPECT_THAT(lines, testing::Each(testing::Not(HasSubstr("can't be"))));
        co_await app.jobs.stop(0s);
        co_await other->close();
    });
}
