#include "croft/task.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "runtime/loop.hpp"

using namespace croft;

namespace {

task<int> answer(int value, duration after = 0us) {
    if (after > 0us) co_await sleep(after);
    co_return value;
}

task<> fail(duration after) {
    co_await sleep(after);
    throw error("it broke");
}

/// Notes in `log` that its scope has ended.
struct trace {
    std::vector<std::string>* log;
    std::string name;
    ~trace() { log->push_back(name); }
};

task<> hold(std::vector<std::string>* log, std::string name, duration pause) {
    trace t{log, name + " unwound"};
    co_await sleep(pause);
    log->push_back(name + " done");
}

task<> outer(std::vector<std::string>* log) {
    trace t{log, "outer unwound"};
    co_await hold(log, "inner", 1h);
}

struct with_virtual_time : testing::Test {
    virtual_clock clock{time_point{}, true};
};

using task_test = with_virtual_time;
using group_test = with_virtual_time;

}  // namespace

TEST(task, gives_a_result_that_is_written_in_braces) {
    const auto pair = []() -> task<std::pair<int, std::string>> { co_return {1, "one"}; };
    EXPECT_EQ(run(pair()), std::pair(1, std::string("one")));
}

TEST_F(task_test, gives_its_value_to_the_one_that_awaits_it) {
    EXPECT_EQ(run(answer(42), clock), 42);
    EXPECT_EQ(run(answer(43, 1s), clock), 43);
}

TEST_F(task_test, throws_where_it_is_awaited) {
    auto body = []() -> task<std::string> {
        try {
            co_await fail(1s);
        } catch (const error& e) {
            co_return e.what();
        }
        co_return "nothing";
    };
    EXPECT_EQ(run(body(), clock), "it broke");
}

TEST_F(task_test, sleepers_wake_in_the_order_of_their_deadlines) {
    std::vector<std::string> log;
    auto body = [&]() -> task<> {
        co_await all(hold(&log, "late", 3s), hold(&log, "early", 1s), hold(&log, "middle", 2s));
    };
    run(body(), clock);
    EXPECT_EQ(log, (std::vector<std::string>{"early done", "early unwound", "middle done", "middle unwound",
                                             "late done", "late unwound"}));
    EXPECT_EQ(clock.monotonic(), 3s);
}

TEST_F(task_test, awaiting_a_hundred_thousand_finished_or_suspended_children_keeps_the_stack_flat) {
    auto body = []() -> task<long> {
        long sum = 0;
        for (int i = 0; i < 100'000; ++i) sum += co_await answer(1);
        for (int i = 0; i < 100'000; ++i) sum += co_await answer(1, 1us);
        co_return sum;
    };
    EXPECT_EQ(run(body(), clock), 200'000);
}

TEST_F(task_test, a_hundred_thousand_tasks_sleep_at_the_same_time) {
    int woken = 0;
    auto sleeper = [&](int i) -> task<> {
        co_await sleep(std::chrono::seconds(i % 100));
        ++woken;
    };
    auto body = [&]() -> task<> {
        group g;
        for (int i = 0; i < 100'000; ++i) g.spawn(sleeper(i));
        co_await g.wait();
    };
    run(body(), clock);
    EXPECT_EQ(woken, 100'000);
    EXPECT_EQ(clock.monotonic(), 99s);
}

TEST_F(task_test, all_gives_results_in_order_whatever_finishes_first) {
    auto body = []() -> task<std::string> {
        auto [a, b, c] = co_await all(answer(1, 3s), answer(2), answer(3, 1s));
        co_return std::to_string(a) + std::to_string(b) + std::to_string(c);
    };
    EXPECT_EQ(run(body(), clock), "123");
    EXPECT_EQ(clock.monotonic(), 3s);
}

TEST_F(task_test, all_cancels_the_others_when_one_throws) {
    std::vector<std::string> log;
    auto body = [&]() -> task<> { co_await all(hold(&log, "long", 1h), fail(1s)); };
    EXPECT_THROW(run(body(), clock), error);
    EXPECT_EQ(log, std::vector<std::string>{"long unwound"});
    EXPECT_EQ(clock.monotonic(), 1s);
}

TEST_F(task_test, with_timeout_gives_the_value_in_time_and_cancels_the_work_after) {
    std::vector<std::string> log;
    EXPECT_EQ(run(with_timeout(2s, answer(7, 1s)), clock), 7);
    EXPECT_THROW(run(with_timeout(2s, hold(&log, "slow", 3s)), clock), timeout_error);
    EXPECT_EQ(log, std::vector<std::string>{"slow unwound"});
}

TEST_F(task_test, offload_runs_on_another_thread_and_passes_values_and_exceptions_back) {
    auto body = []() -> task<bool> {
        const auto here = std::this_thread::get_id();
        const auto there = co_await offload([] { return std::this_thread::get_id(); });
        bool thrown = false;
        try {
            co_await offload([] { throw error("no"); });
        } catch (const error&) {
            thrown = true;
        }
        co_return here != there&& thrown;
    };
    EXPECT_TRUE(run(body(), clock));
}

TEST_F(task_test, a_task_that_is_never_awaited_is_destroyed_without_running) {
    std::vector<std::string> log;
    {
        auto unused = hold(&log, "never", 1s);
    }
    EXPECT_TRUE(log.empty());
}

TEST_F(group_test, cancel_unwinds_innermost_first_and_runs_no_code_after_the_await) {
    std::vector<std::string> log;
    auto body = [&]() -> task<> {
        group g;
        g.spawn(outer(&log));
        co_await sleep(1s);
        g.cancel();
        co_await g.wait();
        log.push_back("waited");
    };
    run(body(), clock);
    EXPECT_EQ(log, (std::vector<std::string>{"inner unwound", "outer unwound", "waited"}));
}

TEST_F(group_test, what_would_outlive_its_group_is_destroyed_with_it) {
    std::vector<std::string> log;
    auto body = [&]() -> task<> {
        {
            group g;
            g.spawn(outer(&log));
            co_await sleep(1s);
        }
        log.push_back("group gone");
    };
    run(body(), clock);
    EXPECT_EQ(log, (std::vector<std::string>{"inner unwound", "outer unwound", "group gone"}));
}

TEST_F(group_test, a_failure_cancels_the_rest_and_is_rethrown_by_wait) {
    std::vector<std::string> log;
    std::string caught;
    auto body = [&]() -> task<> {
        group g;
        g.spawn(hold(&log, "other", 1h));
        g.spawn(fail(1s));
        try {
            co_await g.wait();
        } catch (const error& e) {
            caught = e.what();
        }
    };
    run(body(), clock);
    EXPECT_EQ(caught, "it broke");
    EXPECT_EQ(log, std::vector<std::string>{"other unwound"});
}

TEST_F(group_test, a_task_may_cancel_its_own_group) {
    std::vector<std::string> log;
    group* inside = nullptr;
    auto suicidal = [&]() -> task<> {
        inside->cancel();
        log.push_back("still here");
        co_await sleep(1s);
        log.push_back("never");
    };
    auto body = [&]() -> task<> {
        group g;
        inside = &g;
        g.spawn(suicidal());
        co_await g.wait();
    };
    run(body(), clock);
    EXPECT_EQ(log, std::vector<std::string>{"still here"});
}

TEST_F(group_test, a_cancelled_wait_for_a_worker_leaves_the_worker_to_end_by_itself) {
    std::atomic<bool> release = false, finished = false;
    auto work = [&]() -> task<> {
        co_await offload([&] {
            while (!release) std::this_thread::yield();
            finished = true;
        });
    };
    auto body = [&]() -> task<> {
        group g;
        g.spawn(work());
        co_await sleep(0s);
        co_await sleep(0s);
        g.cancel();
        co_await g.wait();
        release = true;
    };
    run(body(), machine_clock());
    EXPECT_TRUE(finished);
}

TEST_F(group_test, event_wakes_all_and_wait_for_tells_a_timeout) {
    auto body = []() -> task<std::string> {
        event ready;
        std::string log;
        auto waiting = [&](char name) -> task<> { log += (co_await ready.wait_for(2s)) ? name : '-'; };
        group g;
        g.spawn(waiting('a'));
        g.spawn(waiting('b'));
        co_await sleep(1s);
        ready.set();
        co_await g.wait();
        ready.reset();
        co_await waiting('c');
        co_return log;
    };
    EXPECT_EQ(run(body(), clock), "ab-");
}

TEST_F(group_test, semaphore_is_fair_and_a_permit_granted_to_a_destroyed_task_comes_back) {
    auto body = []() -> task<std::string> {
        semaphore one(1);
        std::string log;
        auto worker = [&](char name) -> task<> {
            auto permit = co_await one.acquire();
            log += name;
            co_await sleep(1s);
        };
        group g, doomed;
        g.spawn(worker('a'));
        co_await sleep(1ms);
        doomed.spawn(worker('x'));
        co_await sleep(1ms);
        g.spawn(worker('b'));
        g.spawn(worker('c'));
        co_await sleep(1ms);
        doomed.cancel();
        co_await g.wait();
        co_return log;
    };
    EXPECT_EQ(run(body(), clock), "abc");
}

TEST(task, that_waits_for_a_worker_goes_on_before_all_who_are_busy_have_had_their_turn) {
    int turns = 0;
    bool over = false;
    const auto busy = [&]() -> task<> {
        while (!over) {
            const auto until = std::chrono::steady_clock::now() + 2ms;
            while (std::chrono::steady_clock::now() < until) {
            }
            ++turns;
            co_await sleep(0s);
        }
    };
    const auto waiting = [&]() -> task<> {
        for (int i = 0; i < 10; ++i) co_await offload([] {});
        over = true;
    };
    const auto both = [&]() -> task<> {
        group g;
        for (int i = 0; i < 50; ++i) g.spawn(busy());
        co_await sleep(0s);
        g.spawn(waiting());
        co_await g.wait();
    };
    run(both());
    EXPECT_LT(turns, 50 * 10 / 2) << "each of the ten would wait for all fifty";
}

TEST_F(task_test, settle_waits_for_everything_but_sleepers) {
    virtual_clock still;
    runtime::loop loop(still);
    int stage = 0;
    auto work = [&]() -> task<> {
        stage = co_await offload([] { return 1; });
        co_await sleep(1h);
        stage = 2;
    };
    auto body = [&]() -> task<> {
        group g;
        g.spawn(work());
        co_await loop.settle();
        EXPECT_EQ(stage, 1);
        still.advance(1h);
        co_await loop.settle();
        EXPECT_EQ(stage, 2);
    };
    loop.run(body());
}
