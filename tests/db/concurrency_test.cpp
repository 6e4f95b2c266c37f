#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>
#include <atomic>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <limits>

#include "db/fault.hpp"
#include "support.hpp"

namespace croft::db {
namespace {

using concurrency = database_test;
struct crowd : test::each_engine {};
CROFT_ON_EACH_ENGINE(crowd);
using testing::HasSubstr;

/// Counts for ever.
constexpr const char* endless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

/// How long the writers and readers below go on: a few rounds each, or, for somebody who doubts, CROFT_TEST_SECONDS=60.
struct lot {
    int rounds;
    time_point until{};
    explicit lot(int short_rounds) : rounds(short_rounds) {
        const auto seconds = test::environment("CROFT_TEST_SECONDS");
        if (!seconds.empty())
            rounds = std::numeric_limits<int>::max(), until = now() + std::chrono::seconds(std::stoi(seconds));
    }
    bool is_long() const { return until != time_point{}; }
    bool goes_on(int round) const { return round < rounds && (!is_long() || now() < until); }
};

/// What one of them got done, and the longest that it waited for one round.
struct tally {
    int done = 0;
    std::chrono::steady_clock::duration slowest{};

    task<> round(task<> work) {
        const auto began = std::chrono::steady_clock::now();
        co_await std::move(work);
        slowest = std::max(slowest, std::chrono::steady_clock::now() - began);
        ++done;
    }
};

/// On SQLite writers take turns, so what was read still holds; on PostgreSQL the server has to add.
task<> increment(database* base, lot work, tally* mine) {
    while (work.goes_on(mine->done))
        co_await mine->round(base->transaction([base]() -> task<> {
            const auto seen = co_await number(base, "SELECT n FROM counter");
            if (base->kind() == engine::sqlite)
                co_await base->write({"UPDATE counter SET n = ?1", {seen + 1}});
            else
                co_await base->write({"UPDATE counter SET n = n + 1"});
        }));
}

task<> look_twice(database* base, bool* torn) {
    std::vector<statement> both{{"SELECT n FROM counter"}, {"SELECT n FROM counter"}};
    const auto seen = co_await base->read(std::move(both));
    if (seen[0].at(0, 0).integer() != seen[1].at(0, 0).integer()) *torn = true;
}

task<> look(database* base, lot work, tally* mine, bool* torn) {
    while (work.goes_on(mine->done)) co_await mine->round(look_twice(base, torn));
}

int fewest(const std::vector<tally>& all) { return std::ranges::min(all, {}, &tally::done).done; }

/// Nobody got much more than anybody else; `fewest_then` is what the last of them had when the first was done.
void expect_fair(const std::vector<tally>& all, int fewest_then, const char* who) {
    const auto most = std::ranges::max(all, {}, &tally::done).done;
    const auto slowest = std::ranges::max(all, {}, &tally::slowest).slowest;
    EXPECT_GE((lot(0).is_long() ? 2 : 4) * fewest_then, most) << who;  // one in four rounds may meet a slow moment
    EXPECT_LT(slowest, 5s) << who << ": as long as a lease lasts";
    std::printf("%zu %s: %d to %d rounds each, the slowest took %lld ms\n", all.size(), who, fewest(all), most,
                static_cast<long long>(slowest / 1ms));
}

TEST_P(crowd, fifty_writers_and_five_hundred_readers_meet_no_lock_lose_no_update_and_are_served_fairly) {
    options settings;
    settings.max_connections = 4;
    with_database(
        [](database& base) -> task<> {
            co_await base.script("CREATE TABLE counter (n INTEGER); INSERT INTO counter VALUES (0)");
            bool torn = false;
            std::vector<tally> written(50), looked(500);
            int fewest_written = -1, fewest_looked = -1;  // when the first of their kind was done
            group g;
            for (auto& one : written)
                g.spawn([&]() -> task<> {
                    co_await increment(&base, lot(4), &one);
                    if (fewest_written < 0) fewest_written = fewest(written);
                });
            for (auto& one : looked)
                g.spawn([&]() -> task<> {
                    co_await look(&base, lot(2), &one, &torn);
                    if (fewest_looked < 0) fewest_looked = fewest(looked);
                });
            co_await g.wait();
            int updates = 0;
            for (auto& one : written) updates += one.done;
            EXPECT_EQ(co_await number(&base, "SELECT n FROM counter"), updates);
            EXPECT_FALSE(torn);
            expect_fair(written, fewest_written, "writers");
            EXPECT_GT(fewest(looked), 0);
            if (lot(0).is_long()) expect_fair(looked, fewest_looked, "readers");  // a few are done in one turn
        },
        settings);
}

TEST_F(concurrency, a_read_that_turns_out_long_gives_the_same_rows_each_time) {
    with_database([](database& base) -> task<> {
        const std::string sql =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) SELECT i FROM n";
        for (std::int64_t rows : {3, 20'000, 3, 20'000}) {  // at first where it is asked for, then on a thread
            const auto found = co_await base.read({sql, {rows}});
            EXPECT_EQ(found.size(), static_cast<std::size_t>(rows));
            EXPECT_EQ(found.at(found.size() - 1, 0).integer(), rows);
            std::vector<statement> both{{"SELECT 1"}, {sql, {rows}}};
            EXPECT_EQ((co_await base.read(std::move(both)))[1].size(), static_cast<std::size_t>(rows));
        }
    });
}

TEST_F(concurrency, a_task_that_only_reads_leaves_others_their_turn) {
    with_database([](database& base) -> task<> {
        int turns = 0;
        bool over = false;
        group g;
        g.spawn([&]() -> task<> {
            for (int i = 0; i < 200; ++i) co_await number(&base, "SELECT 1");
            over = true;
        });
        g.spawn([&]() -> task<> {
            while (!over) {
                co_await sleep(0s);
                ++turns;
            }
        });
        co_await g.wait();
        EXPECT_GT(turns, 5);
    });
}

TEST_F(concurrency, writers_take_turns_in_the_order_in_which_they_came) {
    with_database([](database& base) -> task<> {
        co_await base.script("CREATE TABLE log (line INTEGER)");
        group g;
        g.spawn([&]() -> task<> {
            co_await base.transaction([&]() -> task<> {
                for (int i = 0; i < 10; ++i) co_await base.write({"INSERT INTO log VALUES (0)"});
            });
        });
        for (std::int64_t i = 1; i <= 20; ++i)
            g.spawn([&base, i]() -> task<> {
                if (i % 2)
                    co_await base.write({"INSERT INTO log VALUES (?1)", {i}});
                else
                    co_await base.transaction(
                        [&]() -> task<> { co_await base.write({"INSERT INTO log VALUES (?1)", {i}}); });
            });
        co_await g.wait();
        EXPECT_EQ(co_await number(
                      &base, "SELECT count(*) FROM log a JOIN log b ON b.rowid = a.rowid + 1 WHERE b.line < a.line"),
                  0);
        EXPECT_EQ(co_await count(&base, "log"), 30);
    });
}

TEST_F(concurrency, a_dropped_read_is_stopped_and_its_connection_serves_the_next) {
    options one_reader;
    one_reader.readers = 1;
    with_database(
        [](database& base) -> task<> {
            EXPECT_THROW(co_await with_timeout(20ms, number(&base, endless)), timeout_error);
            EXPECT_EQ(co_await number(&base, "SELECT 1"), 1);
        },
        one_reader);
}

TEST_F(concurrency, a_transaction_dropped_in_the_middle_of_a_long_statement_is_stopped_and_rolled_back) {
    with_database([](database& base) -> task<> {
        co_await base.script("CREATE TABLE item (n INTEGER)");
        auto slow = [&]() -> task<> {
            co_await base.write({"INSERT INTO item VALUES (1)"});
            co_await base.write({std::string("INSERT INTO item ") + endless});
        };
        EXPECT_THROW(co_await with_timeout(20ms, base.transaction(slow)), timeout_error);
        co_await base.write({"INSERT INTO item VALUES (2)"});
        EXPECT_EQ(co_await number(&base, "SELECT sum(n) FROM item"), 2);
    });
}

TEST_F(concurrency, a_statement_that_takes_too_long_is_stopped_with_an_error_that_shows_it) {
    options impatient;
    impatient.statement_timeout = 20ms;
    with_database(
        [](database& base) -> task<> {
            const auto told = co_await failure_of<timeout_error>(dropped(number(&base, endless)));
            EXPECT_THAT(told, HasSubstr("longer than 20 ms; in: WITH RECURSIVE"));
            EXPECT_EQ(co_await number(&base, "SELECT 1"), 1);
        },
        impatient);
}

/// Runs the sqlite3 shell on `file`; gives its process.
pid_t start_shell(const std::string& file, const std::string& sql) {
    const pid_t child = fork();
    if (child == 0) {
        execlp("sqlite3", "sqlite3", "-bail", "-cmd", ".timeout 20000", file.c_str(), sql.c_str(), nullptr);
        _exit(127);
    }
    return child;
}

int exit_of(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// A second connection to the file, made by hand; to SQLite's locks it is what another process is.
class stranger {
public:
    explicit stranger(const std::string& file) { sqlite3_open(file.c_str(), &handle_); }
    stranger(const stranger&) = delete;
    stranger& operator=(const stranger&) = delete;
    ~stranger() { sqlite3_close(handle_); }
    void run(const char* sql) { EXPECT_EQ(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr), SQLITE_OK); }

private:
    sqlite3* handle_ = nullptr;
};

TEST_F(concurrency, another_process_may_write_to_the_same_file_at_the_same_time) {
    with_database([this](database& base) -> task<> {
        co_await base.script("CREATE TABLE item (n INTEGER)");
        std::string inserts;
        for (int i = 0; i < 200; ++i) inserts += "INSERT INTO item VALUES (1);";
        const pid_t shell = start_shell(file(), inserts);
        for (int i = 0; i < 200; ++i) co_await base.write({"INSERT INTO item VALUES (2)"});
        EXPECT_EQ(co_await offload([shell] { return exit_of(shell); }), 0);
        EXPECT_EQ(co_await number(&base, "SELECT sum(n) FROM item"), 600);
    });
}

TEST_F(concurrency, another_process_that_holds_the_lock_too_long_gives_a_busy_error_and_harms_nothing) {
    options impatient;
    impatient.busy_timeout = 30ms;
    with_database(
        [this](database& base) -> task<> {
            co_await base.script("CREATE TABLE item (n INTEGER)");
            stranger other(file());
            other.run("BEGIN IMMEDIATE");
            EXPECT_THAT(co_await failure_of<busy_error>(dropped(base.write({"INSERT INTO item VALUES (1)"}))),
                        HasSubstr("another process holds the database locked"));
            EXPECT_EQ(co_await count(&base, "item"), 0);
            other.run("ROLLBACK");
            co_await base.write({"INSERT INTO item VALUES (1)"});
        },
        impatient);
}

TEST_F(concurrency, a_schema_changed_by_another_process_is_seen_by_the_next_statement) {
    with_database([this](database& base) -> task<> {
        co_await base.script("CREATE TABLE item (n INTEGER); INSERT INTO item VALUES (1)");
        EXPECT_EQ((co_await base.read({"SELECT * FROM item"})).width(), 1u);
        EXPECT_EQ(exit_of(start_shell(file(), "ALTER TABLE item ADD COLUMN name TEXT DEFAULT 'x'")), 0);
        const auto rows = co_await base.read({"SELECT * FROM item"});
        EXPECT_EQ(rows.columns(), (std::vector<std::string>{"n", "name"}));
        EXPECT_EQ(rows.at(0, 1).text(), "x");
    });
}

TEST_P(crowd, more_statements_than_are_kept_prepared_still_run) {
    options few;
    few.cached_statements = 2;
    with_database(
        [](database& base) -> task<> {
            for (int round = 0; round < 3; ++round)
                for (int i = 0; i < 5; ++i) EXPECT_EQ(co_await number(&base, "SELECT " + std::to_string(i)), i);
        },
        few);
}

TEST_F(concurrency, memory_databases_are_private_to_each_other_and_shared_by_their_connections) {
    with_url("sqlite::memory:", [](database& one) -> task<> {
        auto two = co_await database::open("sqlite::memory:");
        co_await one.script("CREATE TABLE item (n INTEGER)");
        EXPECT_NE(co_await failure_of<statement_error>(dropped(count(two.get(), "item"))), "");
        event written, looked;
        group g;
        g.spawn([&]() -> task<> {
            co_await one.transaction([&]() -> task<> {
                co_await one.write({"INSERT INTO item VALUES (1)"});
                written.set();
                co_await looked.wait();
            });
        });
        co_await written.wait();
        EXPECT_EQ(co_await count(&one, "item"), 0);
        looked.set();
        co_await g.wait();
        EXPECT_EQ(co_await count(&one, "item"), 1);
    });
}

TEST_P(crowd, a_fault_before_any_statement_of_a_transaction_leaves_all_or_nothing) {
    with_database([](database& base) -> task<> {
        co_await base.script("CREATE TABLE item (n INTEGER)");
        std::atomic<int> at = 0, seen = 0;  // the hook is called by the writer's thread, whose rollback nobody awaits
        set_fault_hook([&](std::string_view) {
            if (seen++ == at) throw error("injected");
        });
        auto body = [&]() -> task<> {
            co_await base.write({"INSERT INTO item VALUES (1)"});
            co_await base.write_many({"item", {"n"}}, {std::int64_t{2}, std::int64_t{3}});
            co_await base.transaction([&]() -> task<> { co_await base.write({"INSERT INTO item VALUES (4)"}); });
        };
        std::int64_t stored = 0;
        for (at = 0; stored == 0; ++at) {
            seen = 0;
            const auto told = co_await failure_of(base.transaction(body));
            stored = co_await count(&base, "item");
            EXPECT_EQ(told, stored ? "" : "injected");
        }
        set_fault_hook({});
        EXPECT_EQ(stored, 4);
        EXPECT_GT(at.load(), 6);
    });
}

TEST_F(concurrency, a_database_dropped_with_work_under_way_stops_it) {
    auto body = [this]() -> task<> {
        auto base = co_await database::open(url());
        group g;
        g.spawn([&]() -> task<> { co_await number(base.get(), endless); });
        g.spawn([&]() -> task<> {
            co_await base->transaction([&]() -> task<> {
                co_await base->write({"CREATE TABLE t (n)"});
                co_await sleep(1h);
            });
        });
        for (int turn = 0; turn < 10; ++turn) co_await sleep(0s);
        g.cancel();
        co_await g.wait();
    };
    run(body());
}

TEST_P(crowd, a_virtual_clock_waits_for_the_database_before_it_jumps) {
    virtual_clock clock(time_point{}, true);
    auto body = [this]() -> task<> {
        auto base = co_await database::open(url());
        EXPECT_EQ(co_await with_timeout(1ms, number(base.get(), "SELECT 7")), 7);
    };
    run(body(), clock);
}

}  // namespace
}  // namespace croft::db
