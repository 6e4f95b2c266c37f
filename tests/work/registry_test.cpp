#include "work/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace croft;
using namespace croft::work;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

task<> nothing() { co_return; }

task_info cron(std::string name, std::string spec = "@daily", task_options options = {}, int line = 7) {
    return {name, "apps/items/tasks.cpp", line, std::move(spec), &nothing, std::move(options), name};
}
task_info every(duration interval, task_options options = {}) {
    return {"poll", "apps/items/tasks.cpp", 7, interval, &nothing, std::move(options), "items.poll"};
}

std::string complaint(std::vector<task_info> tasks) {
    try {
        check_tasks(std::move(tasks));
    } catch (const config_error& e) {
        return e.what();
    }
    return "";
}

const std::vector<task_info> three = {cron("chat.poll"), cron("items.ingest"), cron("items.slow")};

std::string wanted(std::string_view patterns) {
    std::string names;
    const auto marks = matching_tasks(three, patterns);
    for (std::size_t i = 0; i < three.size(); ++i)
        if (marks[i]) names += (names.empty() ? "" : " ") + three[i].name;
    return names;
}

}  // namespace

TEST(registry, tasks_are_found_without_being_named) {
    std::vector<std::string> names;
    for (const auto& task : check_tasks(declared_tasks())) names.push_back(task.name);
    EXPECT_THAT(names, ElementsAre("poll_chat", "quiet_poll", "report", "scrape_things", "tidy_up"));
}

TEST(registry, options_arrive_as_written) {
    const auto tasks = check_tasks(declared_tasks());
    const auto& report = tasks[2];
    EXPECT_EQ(report.options.timezone, "Europe/Berlin");
    EXPECT_EQ(report.options.timeout, 10min);
    EXPECT_THAT(report.file, HasSubstr("declared.cpp"));
    EXPECT_EQ(std::get<std::string>(report.when), "@weekly");
    EXPECT_EQ(std::get<duration>(tasks[4].when), 48h);
}

TEST(registry, a_name_has_the_folder_of_its_app) {
    EXPECT_EQ(task_name("/home/x/almanac/apps/items/tasks.cpp", "ingest"), "items.ingest");
    EXPECT_EQ(task_name("apps/items/deep/tasks.cpp", "ingest"), "items.ingest");
    EXPECT_EQ(task_name("/srv/apps/hello/apps/chat/t.cpp", "poll"), "chat.poll");
    EXPECT_EQ(task_name("/home/x/hello/main.cpp", "hello_task"), "hello_task");
    EXPECT_EQ(task_name("/home/x/apps/main.cpp", "hello_task"), "hello_task");
    EXPECT_EQ(task_name("myapps/items/main.cpp", "hello_task"), "hello_task");
}

TEST(registry, a_bad_spec_is_refused_with_its_place) {
    const auto text = complaint({cron("items.ingest", "61 * * * *")});
    EXPECT_THAT(text, HasSubstr("apps/items/tasks.cpp:7: task items.ingest: cron spec \"61 * * * *\", column 1: "));
}

TEST(registry, an_unknown_zone_is_refused) {
    EXPECT_THAT(complaint({cron("items.ingest", "@daily", {.timezone = "Europe/Berlln"})}), HasSubstr("Europe/Berlln"));
}

TEST(registry, options_that_can_not_be_are_refused) {
    EXPECT_THAT(complaint({every(10ms)}), HasSubstr("its interval is 10 ms; it must be at least 1 s"));
    EXPECT_THAT(complaint({every(1s, {.timezone = "UTC"})}), HasSubstr(".timezone means nothing"));
    EXPECT_THAT(complaint({every(1s, {.timeout = -1s})}), HasSubstr(".timeout"));
    EXPECT_THAT(complaint({every(1s, {.retries = -1})}), HasSubstr(".retries"));
    EXPECT_THAT(complaint({every(1s, {.retry_from = 0s})}), HasSubstr(".retry_from"));
    EXPECT_THAT(complaint({every(1s, {.retry_to = 1s})}), HasSubstr(".retry_to"));
    EXPECT_THAT(complaint({every(1s, {.most_missed = 0})}), HasSubstr(".most_missed"));
    EXPECT_EQ(complaint({every(1s)}), "");
}

TEST(registry, a_name_used_twice_is_refused_naming_both_places) {
    EXPECT_EQ(complaint({cron("items.ingest", "@daily", {}, 7), cron("items.ingest", "@daily", {}, 9)}),
              "apps/items/tasks.cpp:9: task items.ingest: the name is taken by apps/items/tasks.cpp:7; names are "
              "<app>.<function>");
}

TEST(registry, all_problems_are_told_at_once) {
    const auto text = complaint({cron("a", "x"), cron("b", "y")});
    EXPECT_THAT(text, HasSubstr("task a: "));
    EXPECT_THAT(text, HasSubstr("; apps/items/tasks.cpp:7: task b: "));
}

TEST(patterns, choose_tasks) {
    EXPECT_EQ(wanted(""), "chat.poll items.ingest items.slow");
    EXPECT_EQ(wanted("*"), "chat.poll items.ingest items.slow");
    EXPECT_EQ(wanted("none"), "");
    EXPECT_EQ(wanted("items.*"), "items.ingest items.slow");
    EXPECT_EQ(wanted("items.*, !items.slow"), "items.ingest");
    EXPECT_EQ(wanted("!items.*"), "chat.poll");
    EXPECT_EQ(wanted("*,!chat.poll"), "items.ingest items.slow");
    EXPECT_EQ(wanted("!*.slow,!chat.*"), "items.ingest");
    EXPECT_EQ(wanted("*.*o*"), "chat.poll items.slow");
    EXPECT_EQ(wanted("items.*,!items.*,items.slow"), "items.slow");
}

TEST(patterns, one_that_matches_nothing_is_refused_naming_the_nearest) {
    try {
        matching_tasks(three, "items.ingst");
        FAIL();
    } catch (const config_error& e) {
        EXPECT_STREQ(e.what(), "CROFT_TASKS: no task matches \"items.ingst\"; did you mean \"items.ingest\"?");
    }
}
