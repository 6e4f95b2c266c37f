// The test kit: an app of your own in a test, with a virtual clock and scripted sites instead of the network.
//
//     #include <gtest/gtest.h>
//     #include <croft/test.hpp>
//
//     CROFT_TEST("a weekly report runs once after two weeks of downtime") {
//         croft::test_app app;
//         app.upstream("https://site.example").answer("GET /api/things", 200, R"([{"id": 1, "fullName": "Hoe"}])");
//         co_await app.start();
//         co_await app.stop();
//         app.clock().advance(14 * croft::days);
//         co_await app.start();
//         co_await app.settle();
//         EXPECT_EQ((co_await app.runs("report")).size(), 1u);
//     }
//
// The tasks, models and queries are those of the program that the test is linked into. The clock stands still until it
// is moved. Use EXPECT_…, not ASSERT_…, as a coroutine can't be left by `return`. Everything belongs to the test's
// task.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "croft/clock.hpp"
#include "croft/every.hpp"
#include "croft/http_message.hpp"
#include "croft/json.hpp"
#include "croft/query.hpp"
#include "croft/task.hpp"

namespace croft {

/// A site that answers what it was told to.
class scripted_upstream {
public:
    /// "GET /api/things?page=2" is answered so; told several times, it gives one answer after another and then the last
    /// one for ever. What it wasn't told is a connection that fails, and the error says what it was told.
    scripted_upstream& answer(std::string request, int status, std::string body, http::header_list headers = {});
    /// How often a request came: "GET /api/things".
    int asked(const std::string& request) const;

private:
    friend class test_app;
    http::response next(const std::string& request, const std::string& url);
    struct script {
        std::string request;
        std::vector<http::response> answers;  // none: it was asked for, but never told
        std::size_t place = 0;
        int asked = 0;
    };
    script& script_of(const std::string& request);
    std::vector<script> scripts_;
};

/// A run of a task, as the run log has it.
struct test_run {
    std::string outcome, error;
    time_point scheduled_at{};
};

class test_app {
public:
    /// `tasks`: which run by themselves (see CROFT_TASKS). Throws croft::error outside of a CROFT_TEST.
    explicit test_app(std::string tasks = "*");
    ~test_app();
    test_app(const test_app&) = delete;
    test_app& operator=(const test_app&) = delete;

    /// The site that answers for this base URL, whatever http::site asks for it.
    scripted_upstream& upstream(const std::string& base_url);
    virtual_clock& clock() noexcept;

    /// Opens the database (the same one again after stop()) and schedules.
    task<> start();
    task<> stop();
    /// Until only sleepers are left.
    task<> settle();
    /// Lives through this time: everything that becomes due runs when it is due.
    task<> advance(duration time);
    /// Runs a task now, and lets time pass where it waits; throws croft::error when it fails.
    task<> run(std::string name);
    task<std::vector<test_run>> runs(std::string name);
    /// The answer to a GraphQL request: {"data": …}.
    task<json> graphql(std::string query, json variables = {});

private:
    struct inside;
    std::unique_ptr<inside> inside_;
};

namespace testing_kit {

using test_body = task<> (*)();
/// Runs the body on a loop with a virtual clock at 2026-03-01T00:00Z; throws what it throws.
void run_test(test_body body);

}  // namespace testing_kit

}  // namespace croft

#define CROFT_TEST_JOIN_(a, b) a##b
#define CROFT_TEST_JOIN(a, b) CROFT_TEST_JOIN_(a, b)

/// CROFT_TEST("what is true") { … }: a GoogleTest test whose body is a coroutine.
#define CROFT_TEST(Sentence) CROFT_TEST_NAMED(Sentence, CROFT_TEST_JOIN(croft_test_, __LINE__))
#define CROFT_TEST_NAMED(Sentence, Name)                                                        \
    static ::croft::task<> Name();                                                              \
    [[maybe_unused]] static const auto* const CROFT_TEST_JOIN(Name, _registered) = [] {         \
        struct fixture : ::testing::Test {                                                      \
            void TestBody() override { ::croft::testing_kit::run_test(&Name); }                 \
        };                                                                                      \
        return ::testing::RegisterTest("croft", Sentence, nullptr, nullptr, __FILE__, __LINE__, \
                                       []() -> ::testing::Test* { return new fixture; });       \
    }();                                                                                        \
    static ::croft::task<> Name()
