// Kills a working app again and again, between any two statements and at any other moment, and looks afterwards whether
// everything that was promised is true. Short in the test command; CROFT_TEST_TORTURE=1000 makes it a thousand kills,
// CROFT_TEST_TORTURE_SEED=n repeats one.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "croft/every.hpp"
#include "croft/job.hpp"
#include "croft/log.hpp"
#include "croft/query.hpp"
#include "db/fault.hpp"
#include "history/history.hpp"
#include "migrate/migrator.hpp"
#include "runtime/loop.hpp"
#include "work/scheduler.hpp"
#include "work/worker.hpp"

extern char** environ;

using namespace croft;
using work::croft_job;
using work::croft_run;

namespace {

struct Order {
    std::int64_t id = 0;
    std::int64_t number = 0;
    std::int64_t job = 0;
};
CROFT_MODEL(Order, unique<&Order::number>);

// No unique keys: what happens twice must show.
struct Shipment {
    std::int64_t id = 0;
    std::int64_t number = 0;
};
CROFT_MODEL(Shipment, history());
struct Receipt {
    std::int64_t id = 0;
    std::int64_t number = 0;
};
CROFT_MODEL(Receipt);
struct Packed {
    std::int64_t id = 0;
    std::int64_t number = 0;
};
CROFT_MODEL(Packed);

struct Parcel {
    std::int64_t number = 0;
};

}  // namespace

CROFT_JOB(send_receipt, Parcel parcel) {
    co_await transaction([&]() -> task<> {
        co_await create(Receipt{.number = parcel.number});
        co_await complete();
    });
}

/// A step and the end, each in its transaction; the receipt is enqueued with the end.
CROFT_JOB(ship, Parcel parcel, {.attempts = 1'000'000, .retry_from = 1ms, .retry_to = 10ms}) {
    co_await transaction([&]() -> task<> {
        co_await step("pack", [&]() -> task<> { co_await create(Packed{.number = parcel.number}); });
    });
    if (parcel.number % 7 == 0 && this_job().attempt == 1) throw error("the van is full");
    co_await sleep(std::chrono::milliseconds(parcel.number % 5));
    co_await transaction([&]() -> task<> {
        co_await create(Shipment{.number = parcel.number});
        co_await enqueue(send_receipt, Parcel{parcel.number});
        co_await complete();
    });
}

namespace {

work::task_info ticking() {
    return {"tick",
            "torture",
            1,
            duration(1s),
            []() -> task<> { co_await sleep(5ms); },
            {.missed = missed::run_all, .retry_from = 1ms, .retry_to = 10ms, .most_missed = 1'000'000},
            "tick"};
}

/// A customer: an order and the job that ships it, in one transaction; now and then one that thinks better of it.
task<> order_for_ever() {
    for (;;) {
        try {
            co_await transaction([]() -> task<> {
                const auto last = co_await query<Order>().order_by(f<&Order::number>.descending()).first();
                Order order{.number = last ? last->number + 1 : 1};
                order.job = co_await enqueue(ship, Parcel{order.number}, {.unique_by = order.number});
                co_await save(order);
                if (order.number % 11 == 0) co_await sleep(1ms);
            });
        } catch (const db::error&) {
        }
        co_await sleep(3ms);
    }
}

/// The app, until it is killed; or, with `drain`, until nothing is left to be done.
task<> live(std::string url, bool drain) {
    auto base = co_await db::database::open(url);
    const runtime::scoped_local here(&runtime::inherited::database, base.get());
    co_await migrations::make_tables(base.get(), all_models());
    history::attach(*base);
    work::worker jobs(*base, work::check_jobs(), {.poll = 50ms, .patience = 200ms, .most_lost = 1'000'000});
    work::scheduler tasks(*base, work::check_tasks({ticking()}),
                          {.kept_runs = 1'000'000, .poll = 50ms, .patience = 200ms});
    group all;
    all.spawn(jobs.run());
    all.spawn(tasks.run());
    if (!drain) {
        all.spawn(order_for_ever());
        co_await all.wait();
    }
    const auto open = query<croft_job>().where(f<&croft_job::state> != "done");
    for (int i = 0; i < 600 && co_await open.exists(); ++i) co_await sleep(50ms);
    co_await sleep(500ms);
    co_await jobs.stop(10s);
    co_await tasks.stop(10s);
    co_await all.wait();
    co_await base->close();
}

const char* setting(const char* name) { return std::getenv(name); }

/// Starts this program again as an app; `statements`: it kills itself before that many have run.
pid_t start_app(const std::string& url, int statements, bool drain) {
    std::vector<std::string> more{"CROFT_TEST_TORTURE_URL=" + url,
                                  "CROFT_TEST_TORTURE_STATEMENTS=" + std::to_string(statements),
                                  std::string("CROFT_TEST_TORTURE_DRAIN=") + (drain ? "1" : "0")};
    std::vector<char*> environment;
    for (char** one = environ; *one; ++one) environment.push_back(*one);
    for (auto& one : more) environment.push_back(one.data());
    environment.push_back(nullptr);
    std::string self = "/proc/self/exe", filter = "--gtest_filter=torture_app.DISABLED_runs_until_it_is_killed",
                also = "--gtest_also_run_disabled_tests", brief = "--gtest_brief=1";
    char* arguments[] = {self.data(), filter.data(), also.data(), brief.data(), nullptr};
    pid_t child = 0;
    if (posix_spawn(&child, std::filesystem::read_symlink("/proc/self/exe").c_str(), nullptr, nullptr, arguments,
                    environment.data()) != 0)
        throw error("the app can't be started");
    return child;
}

int wait_for(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

task<> expect_all_promises(std::string url) {
    auto base = co_await db::database::open(url);
    const runtime::scoped_local here(&runtime::inherited::database, base.get());
    const auto orders = co_await query<Order>().count();
    EXPECT_GT(orders, 0);
    // No committed job lost, none stuck, none without its order.
    EXPECT_EQ(co_await query<croft_job>().where(f<&croft_job::state> != "done").count(), 0);
    EXPECT_EQ(co_await query<croft_job>().where(f<&croft_job::name> == "ship").count(), orders);
    EXPECT_EQ(co_await query<croft_job>().where(f<&croft_job::name> == "send_receipt").count(), orders);
    // What happens in the database happens exactly once: rows, follow-up jobs, steps, history.
    const auto once = [&](std::string table) -> task<> {
        const auto found = co_await base->read({"SELECT count(*), count(DISTINCT number) FROM \"" + table + "\""});
        EXPECT_EQ(found.at(0, 0).integer(), orders) << table;
        EXPECT_EQ(found.at(0, 1).integer(), orders) << table;
    };
    for (const char* table : {"shipment", "receipt", "packed", "shipment_history"}) co_await once(table);
    // Each occurrence of the task is accounted for exactly once, and nothing is marked as running.
    EXPECT_EQ(co_await query<croft_run>().where(f<&croft_run::outcome> == "running").count(), 0);
    std::map<time_point, std::vector<std::string>> ticks;
    for (const auto& run : co_await query<croft_run>().list()) ticks[run.scheduled_at].push_back(run.outcome);
    std::optional<time_point> before;
    for (const auto& [at, outcomes] : ticks) {
        EXPECT_LE(std::ranges::count(outcomes, "ok"), 1) << to_text(at);
        if (std::ranges::count(outcomes, "ok") == 0)  // by its policy: a later one took its place, or it overlapped
            EXPECT_TRUE(outcomes.back() == "lost" || outcomes.back() == "skipped") << to_text(at) << outcomes.back();
        if (before) EXPECT_EQ(at - *before, 1s) << "an occurrence is missing before " << to_text(at);
        before = at;
    }
    EXPECT_EQ(co_await query<work::croft_process>().count(), 0);
    co_await base->close();
}

void torture(const std::string& url, int kills) {
    const auto* given = setting("CROFT_TEST_TORTURE_SEED");
    const auto seed = given ? static_cast<unsigned>(std::atoi(given)) : std::random_device{}();
    testing::Test::RecordProperty("seed", std::to_string(seed));
    SCOPED_TRACE(fmt::format("CROFT_TEST_TORTURE_SEED={}", seed));
    std::minstd_rand chance(seed);
    const auto between = [&](int low, int high) {
        return low + static_cast<int>(chance() % static_cast<unsigned>(high - low + 1));
    };
    for (int i = 0; i < kills; ++i) {
        const bool by_statement = i % 2 == 0;
        const auto child = start_app(url, by_statement ? between(1, 400) : 0, false);
        if (!by_statement) {
            usleep(static_cast<useconds_t>(between(20'000, 600'000)));
            kill(child, SIGKILL);
        }
        const int status = wait_for(child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the app ended by itself, with " << WEXITSTATUS(status);
    }
    const int status = wait_for(start_app(url, 0, true));
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    run(expect_all_promises(url));
}

int wanted_kills() { return setting("CROFT_TEST_TORTURE") ? std::atoi(setting("CROFT_TEST_TORTURE")) : 20; }

}  // namespace

/// Not a test, but the app that the tests kill.
TEST(torture_app, DISABLED_runs_until_it_is_killed) {
    const auto* url = setting("CROFT_TEST_TORTURE_URL");
    if (!url) return;
    log::set_level(log::level::off);
    std::atomic<int> left = std::atoi(setting("CROFT_TEST_TORTURE_STATEMENTS"));
    if (left > 0)
        db::set_fault_hook([&](std::string_view) {
            if (--left == 0) kill(getpid(), SIGKILL);
        });
    run(live(url, std::string_view(setting("CROFT_TEST_TORTURE_DRAIN")) == "1"));
}

TEST(torture, an_app_killed_at_any_moment_keeps_every_promise_on_sqlite) {
    const auto file = std::filesystem::temp_directory_path() / fmt::format("croft-torture-{}.db", getpid());
    const auto forget = [&] {
        for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + end);
    };
    forget();
    torture("sqlite:" + file.string(), wanted_kills());
    if (HasFailure())
        fmt::print("the database is kept: {}\n", file.string());
    else
        forget();
}
