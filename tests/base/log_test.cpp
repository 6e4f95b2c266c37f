#include "croft/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "base/log.hpp"
#include "croft/json.hpp"
#include "croft/model_info.hpp"

using namespace croft;
using testing::ElementsAre;

namespace shop {
struct price {
    int cents;
};
std::string to_text(const price& p) { return std::to_string(p.cents) + " ct"; }
struct report {
    std::string describe() const { return "3 inserted"; }
};
struct cursed {
    std::string describe() const { throw error("no text today"); }
};
}  // namespace shop

namespace {

struct log_test : testing::Test {
    log_test() { log::set_stderr(false); }
    ~log_test() override {
        log::set_level(log::level::info);
        log::set_stderr(true);
        log::set_context(nullptr);
    }
    std::vector<std::string> lines;
    log::observer keep{[this](const log::line& l) { lines.emplace_back(l.message); }};
};

}  // namespace

TEST(format, places_are_filled_in_order) {
    EXPECT_EQ(croft::format("{} sells for {}", "Hoe", 12), "Hoe sells for 12");
    EXPECT_EQ(croft::format("{}", std::string("{}")), "{}");
    EXPECT_EQ(croft::format("{}{}", std::string("{}"), 1), "{}1");
}

TEST(format, arguments_left_over_are_appended) {
    EXPECT_EQ(croft::format("items loaded", shop::report{}), "items loaded: 3 inserted");
    EXPECT_EQ(croft::format("{} of", 1, 2, 3), "1 of: 2 3");
    EXPECT_EQ(croft::format("", 2, 3), "2 3");
}

TEST(format, places_left_over_stay) {
    EXPECT_EQ(croft::format("{} {}", 1), "1 {}");
    EXPECT_EQ(croft::format("{\"a\": {}}"), "{\"a\": {}}");
}

TEST(format, every_kind_of_argument_has_a_text) {
    const char* none = nullptr;
    EXPECT_EQ(croft::format("{} {} {} {}", true, 'c', none, std::string_view("view")), "true c (null) view");
    EXPECT_EQ(croft::format("{} {} {}", std::int16_t{-5}, ~std::uint64_t{0}, 0.1), "-5 18446744073709551615 0.1");
    EXPECT_EQ(croft::format("{} {}", std::optional<int>(3), std::optional<shop::price>()), "3 none");
    EXPECT_EQ(croft::format("{}", shop::price{12}), "12 ct");
    EXPECT_EQ(croft::format("{}", std::vector{shop::price{1}, shop::price{2}}), "1 ct, 2 ct");
    EXPECT_EQ(croft::format("{}", json::object({{"a", 1}})), R"({"a":1})");
    EXPECT_EQ(croft::format("{}", value(std::int64_t{7})), "7");
    EXPECT_EQ(croft::format("{}", *parse_time("2026-03-01T00:00Z")), "2026-03-01T00:00:00.000000Z");
    EXPECT_EQ(croft::format("{}", std::chrono::sys_days(std::chrono::year{2026} / 3 / 1)), "2026-03-01");
    EXPECT_EQ(croft::format("{}", error("it broke")), "it broke");
    EXPECT_EQ(croft::format("{}", std::make_exception_ptr(error("it broke"))), "it broke");
}

TEST(format, durations_read_as_people_say_them) {
    EXPECT_EQ(croft::format("{}, {}, {}", 12us, 1500us, 250ms), "12 us, 1.5 ms, 250 ms");
    EXPECT_EQ(croft::format("{}, {}, {}", 1500ms, 90s, 90min), "1.5 s, 1 min 30 s, 1 h 30 min");
    EXPECT_EQ(croft::format("{}, {}, {}", 14 * 24h, 25h, -5s), "14 d, 1 d 1 h, -5 s");
    EXPECT_EQ(croft::format("{}", 24h + 5s), "1 d");
}

TEST_F(log_test, lines_below_the_level_are_dropped) {
    log::debug("a");
    log::info("b");
    log::set_level("warn");
    log::info("c");
    log::error("d {}", 1);
    log::set_level("off");
    log::error("e");
    EXPECT_THAT(lines, ElementsAre("b", "d 1"));
}

TEST_F(log_test, an_unknown_level_is_refused) {
    try {
        log::set_level("loud");
        FAIL();
    } catch (const config_error& e) {
        EXPECT_STREQ(e.what(), "log level \"loud\" is none of debug, info, warn, error, off");
    }
}

TEST_F(log_test, a_message_can_not_forge_a_line_or_command_the_terminal) {
    log::info("got {}",
              "a\n2026 info forged\r\t\x1b[2J\x7f\xc2\x9b"
              "Käse");
    EXPECT_THAT(lines, ElementsAre("got a\\n2026 info forged\\x0d\\t\\x1b[2J\\x7f\\x9bKäse"));
}

TEST_F(log_test, an_argument_without_a_text_does_not_throw) {
    log::info("got {}", shop::cursed{});
    EXPECT_THAT(lines, ElementsAre("got {}"));
}

TEST_F(log_test, a_line_names_its_task_and_run) {
    log::set_context(+[] { return log::context{"items.ingest", 7}; });
    std::string task;
    std::int64_t run = 0;
    log::observer look([&](const log::line& l) { task = l.task, run = l.run; });
    log::info("x");
    EXPECT_EQ(task, "items.ingest");
    EXPECT_EQ(run, 7);
}

TEST_F(log_test, what_an_observer_logs_or_throws_harms_nobody) {
    log::observer talks([](const log::line&) {
        log::info("from the observer");
        throw error("no");
    });
    log::info("x");
    log::info("y");
    EXPECT_THAT(lines, ElementsAre("x", "y"));
}

TEST_F(log_test, an_observer_that_is_gone_sees_nothing) {
    std::vector<std::string> seen;
    {
        log::observer short_lived([&](const log::line& l) { seen.emplace_back(l.message); });
        log::info("x");
    }
    log::info("y");
    EXPECT_THAT(seen, ElementsAre("x"));
}

TEST_F(log_test, many_threads_may_log_at_once) {
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([] {
                for (int n = 0; n < 250; ++n) log::info("{}", n);
            });
    }
    EXPECT_EQ(lines.size(), 1000u);
}

TEST(log, stderr_shows_time_level_task_and_message) {
    log::set_context(+[] { return log::context{"items.ingest", 7}; });
    testing::internal::CaptureStderr();
    log::warn("slow");
    log::set_context(nullptr);
    log::info("plain");
    const std::string out = testing::internal::GetCapturedStderr();
    EXPECT_THAT(out, testing::MatchesRegex(
                         "[0-9-]+T[0-9:.]+Z .*warn.* \\[items.ingest\\] slow\n[0-9-]+T[0-9:.]+Z .*info.* plain\n"));
}
