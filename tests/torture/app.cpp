#include "app.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "app/stop_signals.hpp"
#include "croft/log.hpp"
#include "db/fault.hpp"
#include "history/history.hpp"
#include "migrate/migrator.hpp"
#include "runtime/loop.hpp"
#include "support/engines.hpp"
#include "work/scheduler.hpp"
#include "work/worker.hpp"

extern char** environ;

using namespace torture;
using test::environment;

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

CROFT_JOB(deed, Parcel parcel) {
    co_await sleep(5ms);
    co_await transaction([&]() -> task<> {
        co_await create(Deed{.number = parcel.number, .process = getpid()});
        co_await complete();
    });
}

namespace torture {
namespace {

/// The machine's clock, which somebody sets by up to five seconds now and then.
class restless_clock final : public clock {
public:
    explicit restless_clock(unsigned seed) : chance_(seed), restless_(seed != 0) {}
    time_point now() const override {
        if (restless_ && chance_() % 5'000 == 0)
            offset_ = std::chrono::milliseconds(static_cast<int>(chance_() % 10'000) - 5'000);
        return machine_clock().now() + offset_;
    }
    duration monotonic() const override { return machine_clock().monotonic(); }

private:
    mutable std::minstd_rand chance_;
    mutable duration offset_{0};
    bool restless_;
};

work::task_info ticking() {
    return {"tick",
            "torture",
            1,
            duration(1s),
            []() -> task<> {
                co_await sleep(5ms);
                co_await create(Deed{.number = 0, .process = getpid()});
            },
            {.missed = missed::run_all, .retry_from = 1ms, .retry_to = 10ms, .most_missed = 1'000'000},
            "tick"};
}

task<> take_an_order() {
    const auto last = co_await query<Order>().order_by(f<&Order::number>.descending()).first();
    Order order{.number = last ? last->number + 1 : 1};
    const duration delay = order.number % 13 == 0 ? 30ms : 0ms;
    order.job = co_await enqueue(ship, Parcel{order.number}, {.unique_by = order.number, .delay = delay});
    co_await save(order);
    if (order.number % 11 == 0) co_await sleep(1ms);
}

/// An order is taken back while it isn't shipped.
task<> take_one_back() {
    const auto last = co_await query<Order>().order_by(f<&Order::number>.descending()).first();
    if (!last) co_return;
    const auto order = co_await query<Order>().where(f<&Order::number> == last->number / 13 * 13).first();
    if (order && order->number != last->number && co_await cancel(job_id{order->job})) co_await remove(*order);
}

task<> sell() {
    for (int i = 0;; ++i) {
        try {
            co_await transaction([&] { return i % 4 == 3 ? take_one_back() : take_an_order(); });
        } catch (const db::error&) {
        }
        co_await sleep(3ms);
    }
}

/// A server that is being restarted is waited for.
task<std::unique_ptr<db::database>> opened(std::string url) {
    for (;;) {
        try {
            auto base = co_await db::database::open(url, {.survive_power_cut = false});
            co_await make_tables(base.get());
            co_return base;
        } catch (const db::error&) {
        }
        co_await sleep(20ms);
    }
}

task<> until_all_is_done() {
    const auto open = query<work::croft_job>().where(!f<&work::croft_job::state>.in({"done", "cancelled"}));
    for (int i = 0; i < 1'200 && co_await open.exists(); ++i) co_await sleep(50ms);
    co_await sleep(1s);  // for a last tick
}

task<> live(life how) {
    auto base = co_await opened(how.url);
    const runtime::scoped_local here(&runtime::inherited::database, base.get());
    history::attach(*base);
    const auto poll = std::chrono::milliseconds(how.poll_ms);
    const bool alone = how.role != "works";  // then it is dead soon, and so found soon
    const duration patience = alone ? 200ms : 4s;
    work::worker jobs(*base, work::check_jobs(), {.poll = poll, .patience = patience, .most_lost = 1'000'000});
    work::scheduler tasks(*base, work::check_tasks({ticking()}),
                          {.kept_runs = 1'000'000, .poll = poll, .patience = patience});
    group all;
    all.spawn(jobs.run());
    all.spawn(tasks.run());
    if (how.role == "sells") co_await sell();
    if (how.role == "drains") co_await until_all_is_done();
    if (how.role == "works") {
        app::stop_signals signals;
        co_await signals.asked().wait();
    }
    co_await jobs.stop(10s);
    co_await tasks.stop(10s);
    co_await all.wait();
    co_await base->close();
}

}  // namespace

task<> make_tables(db::database* base) { co_await migrations::make_tables(base, all_models()); }

pid_t start(const life& how) {
    std::vector<std::string> more{"CROFT_TEST_TORTURE_URL=" + how.url, "CROFT_TEST_TORTURE_ROLE=" + how.role,
                                  "CROFT_TEST_TORTURE_STATEMENTS=" + std::to_string(how.statements),
                                  "CROFT_TEST_TORTURE_FAULTS=" + std::to_string(how.seed),
                                  "CROFT_TEST_TORTURE_POLL=" + std::to_string(how.poll_ms)};
    std::vector<char*> variables;
    for (char** one = environ; *one; ++one) variables.push_back(*one);
    for (auto& one : more) variables.push_back(one.data());
    variables.push_back(nullptr);
    std::string self = std::filesystem::read_symlink("/proc/self/exe"), brief = "--gtest_brief=1";
    std::string filter = "--gtest_filter=torture_app.DISABLED_lives", also = "--gtest_also_run_disabled_tests";
    char* arguments[] = {self.data(), filter.data(), also.data(), brief.data(), nullptr};
    pid_t child = 0;
    if (posix_spawn(&child, self.c_str(), nullptr, nullptr, arguments, variables.data()) != 0)
        throw error("the app can't be started");
    return child;
}

int wait_for(pid_t process) {
    int status = 0;
    waitpid(process, &status, 0);
    return status;
}

}  // namespace torture

/// Not a test, but the app that the tests start.
TEST(torture_app, DISABLED_lives) {
    if (environment("CROFT_TEST_TORTURE_URL").empty()) return;
    const auto number = [](const char* name) { return std::atoi(environment(name).c_str()); };
    const life how{.url = environment("CROFT_TEST_TORTURE_URL"),
                   .role = environment("CROFT_TEST_TORTURE_ROLE"),
                   .statements = number("CROFT_TEST_TORTURE_STATEMENTS"),
                   .seed = static_cast<unsigned>(number("CROFT_TEST_TORTURE_FAULTS")),
                   .poll_ms = number("CROFT_TEST_TORTURE_POLL")};
    log::set_level(log::level::off);
    std::atomic<int> left = how.statements;
    db::set_fault_hook([&, chance = std::minstd_rand(how.seed)](std::string_view) mutable {
        if (left > 0 && --left == 0) kill(getpid(), SIGKILL);
        if (how.seed != 0 && chance() % 300 == 0) usleep(20'000);  // the disk
    });
    restless_clock time(how.seed);
    run(live(how), time);
}
