#include <semaphore>

#include "db/fault.hpp"
#include "db/support.hpp"

namespace croft::db {
namespace {

using testing::HasSubstr;

struct group_commit : test::one_engine<engine::sqlite> {
    ~group_commit() override { set_sync_hook({}); }

    template <class F>
    void in_durable_database(F body) {
        auto all = [&]() -> task<> {
            const auto base = co_await database::open(url());
            co_await base->script("CREATE TABLE item (name TEXT)");
            co_await body(base.get());
            co_await base->close();
        };
        run(all());
    }
};

/// Takes each thing when it is told so.
struct slow_disk {
    std::atomic<int> syncs = 0;
    std::counting_semaphore<> free{0};
    slow_disk() {
        set_sync_hook([this] {
            ++syncs;
            free.acquire();
        });
    }
};

/// Time for everybody who may go on.
task<> turns() {
    for (int i = 0; i < 100; ++i) co_await sleep(0s);
}

task<> add(database* base, std::string name, int* told) {
    co_await base->write({"INSERT INTO item VALUES (?1)", {std::move(name)}});
    ++*told;
}

TEST_F(group_commit, is_told_of_when_it_is_on_the_disk_which_many_wait_for_together) {
    in_durable_database([](database* base) -> task<> {
        slow_disk disk;
        int told = 0;
        group writers;
        for (int i = 0; i < 20; ++i) writers.spawn(add(base, std::to_string(i), &told));
        while (co_await count(base, "item") < 20) {  // the writer doesn't wait for the disk
        }
        co_await turns();
        EXPECT_EQ(told, 0);
        disk.free.release(20);
        co_await writers.wait();
        EXPECT_EQ(told, 20);
        EXPECT_GE(disk.syncs, 1);
        EXPECT_LE(disk.syncs, 3) << "the first one's, and of those that came meanwhile";
    });
}

TEST_F(group_commit, transactions_of_several_statements_wait_together_too) {
    in_durable_database([](database* base) -> task<> {
        slow_disk disk;
        int told = 0;
        group writers;
        for (int i = 0; i < 10; ++i)
            writers.spawn([](database* to, int* done) -> task<> {
                int within = 0;
                co_await to->transaction([&]() -> task<> {
                    co_await add(to, "a", &within);
                    co_await add(to, "b", &within);
                });
                ++*done;
            }(base, &told));
        while (co_await count(base, "item") < 20) {
        }
        co_await turns();
        EXPECT_EQ(told, 0);
        disk.free.release(10);
        co_await writers.wait();
        EXPECT_LE(disk.syncs, 3);
    });
}

TEST_F(group_commit, is_waited_for_by_who_closes_the_database) {
    in_durable_database([](database* base) -> task<> {
        slow_disk disk;
        int told = 0;
        group all;
        all.spawn(add(base, "hoe", &told));
        while (co_await count(base, "item") < 1) {
        }
        all.spawn(base->close());
        const auto log = base->url().substr(std::string_view("sqlite:").size()) + "-wal";
        for (int i = 0; i < 200 && std::filesystem::exists(log); ++i) co_await turns();
        EXPECT_TRUE(std::filesystem::exists(log)) << "the connection is closed while there is something to be synced";
        EXPECT_EQ(told, 0);
        disk.free.release(10);
        co_await all.wait();
        EXPECT_EQ(told, 1) << "and not that the log is gone";
    });
}

TEST_F(group_commit, fails_when_the_disk_refuses_and_from_then_on) {
    in_durable_database([](database* base) -> task<> {
        bool gone = true;
        set_sync_hook([&] {
            if (gone) throw std::runtime_error("Input/output error");
        });
        int told = 0;
        for (int i = 0; i < 2; ++i, gone = false) {
            std::string said;
            try {
                co_await add(base, "hoe", &told);
            } catch (const storage_error& failure) {
                said = failure.what();
            }
            EXPECT_THAT(said, HasSubstr("can't be brought to the disk: Input/output error"));
        }
        EXPECT_EQ(told, 0);
        EXPECT_EQ(co_await count(base, "item"), 2);
        const auto again = co_await database::open(base->url());
        co_await add(again.get(), "axe", &told);
        EXPECT_EQ(told, 1);
        co_await again->close();
    });
}

}  // namespace
}  // namespace croft::db
