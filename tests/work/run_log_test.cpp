#include "runtime/run_info.hpp"
#include "support.hpp"
#include "work/store.hpp"

namespace croft::work {

using testing::ElementsAre;
using testing::HasSubstr;

struct log_of_a_run : work_test {};
CROFT_ON_EACH_ENGINE(log_of_a_run);

TEST_P(log_of_a_run, keeps_the_first_and_the_last_of_many_lines) {
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {every("a", 1h, []() -> task<> {
                            for (int i = 0; i < 1000; ++i) log::info("line {}", i);
                            co_return;
                        })});
        co_await sleep(61min);
        const auto text = (co_await all_runs()).at(0).log;
        EXPECT_THAT(text, HasSubstr(" line 99\n… 800 lines left out …\n"));
        EXPECT_THAT(text, HasSubstr(" line 999\n"));
        EXPECT_EQ(std::ranges::count(text, '\n'), 201);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(log_of_a_run, is_stored_also_when_a_line_or_what_is_thrown_is_no_text) {
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {every("a", 1h, []() -> task<> {
                            log::info("{}", std::string("a\0b\xff", 4));
                            throw error("c\xfe");
                            co_return;
                        })});
        co_await sleep(61min);
        const auto run = (co_await all_runs()).at(0);
        EXPECT_THAT(run.log, HasSubstr(" info  a\\x00b\uFFFD\n"));
        EXPECT_EQ(run.error, "c\uFFFD");
        co_await app.schedule.stop(0s);
    });
}

TEST_P(log_of_a_run, is_stored_within_a_second_also_when_the_process_dies_then) {
    with_database([&](db::database& base) -> task<> {
        std::vector<task_info> tasks = {cron("ingest", "0 1 * * *", []() -> task<> {
            log::info("first");
            co_await sleep(10s);
            log::info("second");
            log::info("third");
            co_await sleep(1h);
        })};
        {
            running_app app(base, tasks);
            co_await sleep(1h + 1s + 1ms);
            EXPECT_EQ((co_await all_runs()).at(0).log, "01:00:00.000 info  first\n");
            EXPECT_EQ((co_await all_runs()).at(0).outcome, "running");
            co_await sleep(10s);
        }
        EXPECT_EQ((co_await all_runs()).at(0).log,
                  "01:00:00.000 info  first\n01:00:10.000 info  second\n01:00:10.000 info  third\n");
        running_app app(base, tasks, scheduler_options{});
        co_await sleep(5s);
        co_await settle();
        EXPECT_EQ((co_await all_runs()).at(0).outcome, "lost");
        EXPECT_THAT((co_await all_runs()).at(0).log, HasSubstr("third\n"));
        co_await app.schedule.stop(0s);
    });
}

TEST_P(log_of_a_run, is_kept_when_the_run_is_rolled_back_and_stored_beside_its_transaction) {
    with_database([&](db::database& base) -> task<> {
        const bool beside = base.kind() == db::engine::postgres;  // on SQLite one writes at a time
        running_app app(base,
                        {cron("ingest", "0 1 * * *",
                              [&]() -> task<> {
                                  co_await transaction([&]() -> task<> {
                                      co_await query<croft_task>().update(set<&croft_task::last_error>("inside"));
                                      log::info("inside");
                                      co_await sleep(1min);
                                      throw error("no");
                                  });
                              })},
                        {.poll = 10min, .patience = 40min});
        co_await sleep(1h + 2s);
        EXPECT_EQ((co_await all_runs()).at(0).log, beside ? "01:00:00.000 info  inside\n" : "");
        co_await sleep(1min);
        EXPECT_THAT((co_await all_runs()).at(0).log, HasSubstr("inside\n"));
        EXPECT_NE((co_await row_of("ingest")).last_error, "inside");
        co_await app.schedule.stop(0s);
    });
}

TEST_P(log_of_a_run, that_has_ended_is_not_made_older_again) {
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {cron("ingest", "0 1 * * *", []() -> task<> {
                            log::info("all");
                            co_return;
                        })});
        co_await sleep(61min);
        const auto run = (co_await all_runs()).at(0);
        co_await store::keep_log(run.id, "less");
        EXPECT_EQ((co_await all_runs()).at(0).log, run.log);
        co_await app.schedule.stop(0s);
    });
}

TEST_P(log_of_a_run, that_can_not_be_stored_is_stored_later) {
    with_database([&](db::database& base) -> task<> {
        running_app app(base, {cron("ingest", "0 1 * * *", [&]() -> task<> {
                            log::info("early");
                            co_await sleep(1h);
                        })});
        co_await sleep(1h + 500ms);
        co_await base.write({"ALTER TABLE croft_run RENAME TO gone"});
        co_await sleep(1s);
        EXPECT_THAT(lines, Contains(HasSubstr("the log lines of runs can't be stored")));
        co_await base.write({"ALTER TABLE gone RENAME TO croft_run"});
        co_await sleep(2s);
        EXPECT_EQ((co_await all_runs()).at(0).log, "01:00:00.000 info  early\n");
        co_await app.schedule.stop(0s);
    });
}

TEST(run_log_reader, gives_each_line_once_and_says_how_many_were_left_out_meanwhile) {
    run_log log;
    run_log_reader reader;
    int next = 0;
    const auto add = [&](int count) {
        for (int i = 0; i < count; ++i)
            log.add({at("2026-01-01T00:00Z"), log::level::info, "", 1, std::to_string(next++)});
        return reader.read(log.text());
    };
    EXPECT_THAT(reader.read(""), ElementsAre());
    EXPECT_THAT(add(2), ElementsAre("00:00:00.000 info  0", "00:00:00.000 info  1"));
    EXPECT_THAT(reader.read(log.text()), ElementsAre());
    EXPECT_EQ(add(198).size(), 198u);
    EXPECT_THAT(add(1), ElementsAre("00:00:00.000 info  200"));
    const auto many = add(150);
    EXPECT_EQ(many.front(), "… 50 lines left out …");
    EXPECT_EQ(many.at(1), "00:00:00.000 info  251");
    EXPECT_EQ(many.size(), 101u);
    EXPECT_THAT(reader.read(log.text()), ElementsAre());
}

}  // namespace croft::work
