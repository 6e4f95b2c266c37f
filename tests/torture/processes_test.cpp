// Two processes on one database: they share what is to be done, and each thing is done by one of them.
#include <signal.h>
#include <sys/wait.h>

#include <map>
#include <set>

#include "app.hpp"
#include "support/engines.hpp"
#include "work/job_tables.hpp"
#include "work/tables.hpp"

using namespace torture;
using work::croft_job;
using work::croft_run;

namespace {

constexpr auto patience = 60s;  // a sanitizer build on a busy machine needs some

/// Until `there` gives true.
template <class F>
task<bool> until(F there) {
    const auto end = machine_clock().monotonic() + patience;
    while (!co_await there()) {
        if (machine_clock().monotonic() > end) co_return false;
        co_await sleep(5ms);
    }
    co_return true;
}

task<bool> all_done() { co_return !co_await query<croft_job>().where(f<&croft_job::state> != "done").exists(); }

/// A process that works, until the scope ends.
class colleague {
public:
    explicit colleague(const life& how) : process_(start(how)) {}
    colleague(const colleague&) = delete;
    colleague& operator=(const colleague&) = delete;
    ~colleague() {
        kill(process_, SIGTERM);
        const int status = wait_for(process_);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    std::int64_t id() const { return process_; }

private:
    pid_t process_;
};

struct processes : test::each_engine {};

}  // namespace

CROFT_ON_EACH_ENGINE(processes);

/// On PostgreSQL they look for themselves only once an hour, so all that wakes them in time is that they are notified.
TEST_P(processes, share_a_queue_hear_of_new_jobs_and_run_each_occurrence_once) {
    with_database([&](db::database& base) -> task<> {
        co_await make_tables(&base);
        const life how{.url = url(), .role = "works", .poll_ms = on_postgres() ? 3'600'000 : 200};
        std::set<std::int64_t> both;
        {
            const colleague one(how), two(how);
            both = {one.id(), two.id()};
            std::int64_t number = 0;
            const auto worked = [&]() -> task<bool> {  // both are up
                co_await enqueue_all(deed, std::vector<Parcel>(20, Parcel{++number}));
                std::set<std::int64_t> who;
                for (const auto& one : co_await query<Deed>().where(f<&Deed::number> > 0).list())
                    who.insert(one.process);
                co_return who == both;
            };
            EXPECT_TRUE(co_await until(worked));
            EXPECT_TRUE(co_await until(all_done));
            for (int i = 0; i < 20; ++i) {  // nobody is busy: somebody must be woken
                co_await enqueue(deed, Parcel{++number});
                EXPECT_TRUE(co_await until(all_done));
            }
            const auto ticked = []() -> task<bool> {
                co_return co_await query<croft_run>().where(f<&croft_run::outcome> == "ok").count() >= 4;
            };
            EXPECT_TRUE(co_await until(ticked));
        }
        const auto jobs = co_await query<croft_job>().count();
        EXPECT_EQ(co_await query<Deed>().where(f<&Deed::number> > 0).count(), jobs);
        EXPECT_EQ(co_await query<croft_job>().where(f<&croft_job::state> == "done").count(), jobs);
        EXPECT_EQ(co_await query<croft_job>().where(f<&croft_job::attempt> != 1).count(), 0);
        std::map<time_point, int> runs;
        for (const auto& run : co_await query<croft_run>().list()) {
            ++runs[run.scheduled_at];
            EXPECT_THAT(run.outcome, testing::AnyOf("ok", "skipped", "cancelled")) << run.error;
        }
        for (const auto& [at, count] : runs) EXPECT_EQ(count, 1) << to_text(at);
        EXPECT_GE(co_await query<Deed>().where(f<&Deed::number> == 0).count(),
                  co_await query<croft_run>().where(f<&croft_run::outcome> == "ok").count());
        EXPECT_EQ(co_await query<work::croft_process>().count(), 0);
    });
}
