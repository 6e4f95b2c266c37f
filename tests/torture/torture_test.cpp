// Kills a working app again and again, between any two statements and at any other moment, while clocks are set, disks
// are slow, orders are taken back and the server is restarted, and looks afterwards whether everything that was
// promised is true. Short in the test command; CROFT_TEST_TORTURE=1000 makes it a thousand kills on each engine,
// CROFT_TEST_TORTURE_SEED=n repeats one.
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include <map>
#include <random>

#include "app.hpp"
#include "support/own_server.hpp"
#include "work/job_tables.hpp"
#include "work/tables.hpp"

using namespace torture;
using test::environment;
using work::croft_job;
using work::croft_run;

namespace {

task<std::int64_t> jobs(std::string name, std::string state) {
    return query<croft_job>().where(f<&croft_job::name> == name && f<&croft_job::state> == state).count();
}

/// No committed job is lost, none stuck, none without its order; what happens in the database happens exactly once:
/// rows, follow-up jobs, steps, history.
task<> expect_orders_kept(db::database* base) {
    const auto orders = co_await query<Order>().count();
    EXPECT_GT(orders, 0);
    EXPECT_EQ(co_await query<croft_job>().where(!f<&croft_job::state>.in({"done", "cancelled"})).count(), 0);
    EXPECT_EQ(co_await jobs("ship", "done"), orders);
    EXPECT_EQ(co_await jobs("send_receipt", "done"), orders);
    for (const std::string table : {"shipment", "receipt", "shipment_history", "packed"}) {
        const auto found = co_await base->read({"SELECT count(*), count(DISTINCT number) FROM \"" + table + "\""});
        EXPECT_EQ(found.at(0, 0).integer(), found.at(0, 1).integer()) << table << ": something happened twice";
        const auto kept = co_await base->read(
            {"SELECT count(*) FROM \"order\" WHERE number IN (SELECT number FROM \"" + table + "\")"});
        EXPECT_EQ(kept.at(0, 0).integer(), orders) << table;
        if (table != "packed")  // what was taken back may have been packed
            EXPECT_EQ(found.at(0, 0).integer(), orders) << table;
    }
}

/// Each occurrence of the task is accounted for exactly once, and nothing is marked as running.
task<> expect_ticks_accounted_for() {
    EXPECT_EQ(co_await query<croft_run>().where(f<&croft_run::outcome> == "running").count(), 0);
    std::map<time_point, std::vector<std::string>> ticks;
    for (const auto& run : co_await query<croft_run>().order_by(f<&croft_run::id>).list())
        ticks[run.scheduled_at].push_back(run.outcome);
    std::optional<time_point> before;
    for (const auto& [at, outcomes] : ticks) {
        EXPECT_LE(std::ranges::count(outcomes, "ok"), 1) << to_text(at);
        if (std::ranges::count(outcomes, "ok") == 0)  // by its policy: a later one took its place, or it overlapped
            EXPECT_THAT(outcomes.back(), testing::AnyOf("lost", "skipped", "failed")) << to_text(at);
        if (before) EXPECT_EQ(at - *before, 1s) << "an occurrence is missing before " << to_text(at);
        before = at;
    }
    EXPECT_EQ(co_await query<work::croft_process>().count(), 0);
}

/// Kills the app so many times, then lets it finish. `disturb` is called while it lives, now and then.
void torture_app(const std::string& url, int kills, std::minstd_rand& chance, const std::function<void()>& disturb) {
    const auto between = [&](int low, int high) {
        return low + static_cast<int>(chance() % static_cast<unsigned>(high - low + 1));
    };
    for (int i = 0; i < kills; ++i) {
        life how{.url = url, .seed = i % 3 == 2 ? static_cast<unsigned>(between(1, 1'000'000)) : 0};
        const bool by_statement = i % 2 == 0;
        if (by_statement) how.statements = between(1, 400);
        const auto child = start(how);
        if (!by_statement) {
            usleep(static_cast<useconds_t>(between(20'000, 600'000)));
            if (i % 10 == 5) {
                disturb();
                usleep(static_cast<useconds_t>(between(0, 600'000)));
            }
            kill(child, SIGKILL);
        }
        const int status = wait_for(child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the app ended by itself, with " << WEXITSTATUS(status);
    }
    const int status = wait_for(start({.url = url, .role = "drains"}));
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int number(const char* name, int otherwise) {
    const auto given = environment(name);
    return given.empty() ? otherwise : std::atoi(given.c_str());
}

struct torture_test : testing::TestWithParam<db::engine> {
    unsigned seed =
        static_cast<unsigned>(number("CROFT_TEST_TORTURE_SEED", static_cast<int>(std::random_device{}() >> 1)));
    int kills = number("CROFT_TEST_TORTURE", 20);

    void expect_all_promises(const std::string& url) {
        const auto all = [&]() -> task<> {
            auto base = co_await db::database::open(url);
            const runtime::scoped_local here(&runtime::inherited::database, base.get());
            co_await expect_orders_kept(base.get());
            co_await expect_ticks_accounted_for();
            co_await base->close();
        };
        run(all());
    }
};

}  // namespace

CROFT_ON_EACH_ENGINE(torture_test);

TEST_P(torture_test, an_app_killed_at_any_moment_keeps_every_promise) {
    const bool on_postgres = GetParam() == db::engine::postgres;
    if (on_postgres && !test::own_server::possible()) GTEST_SKIP() << test::no_server;
    SCOPED_TRACE(fmt::format("CROFT_TEST_TORTURE_SEED={}", seed));
    std::minstd_rand chance(seed);
    const test::temporary_directory here;
    std::optional<test::own_server> server;
    if (on_postgres) server.emplace();
    const auto url = on_postgres ? server->url : "sqlite:" + here.file("shop.db");
    torture_app(url, kills, chance, [&] {
        if (!server) return;
        server->run("stop", chance() % 2 == 0 ? "fast" : "immediate");
        server->run("start");
    });
    if (!HasFatalFailure()) expect_all_promises(url);
}
