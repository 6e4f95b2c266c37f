// A run's numbers, where nobody counts by hand: load() and http::site do.
#include "croft/http.hpp"
#include "croft/load.hpp"
#include "jobs.hpp"
#include "scrape/client.hpp"

using namespace croft;
using namespace croft::work;

struct numbers_of_a_run : job_test {};
CROFT_ON_EACH_ENGINE(numbers_of_a_run);

TEST_P(numbers_of_a_run, are_the_rows_that_it_takes_in_and_the_requests_that_it_makes_with_the_bytes_of_their_answers) {
    const http::site shop("shop", "http://shop.example", {.robots = http::robots::ignore, .archive = false});
    const std::string page = R"([{"id": 1, "buyer": "ann"}, {"id": 2, "buyer": "bob"}])";
    scrape::client client({.send = [&](http::request, net::client_limits, std::string) -> task<http::response> {
        co_return http::response{.status = 200, .body = page};
    }});
    with_jobs([&](db::database& base) -> task<> {
        const runtime::scoped_local here(&runtime::inherited::client, &client);
        running_app app(base, {every("a", 1h, [&]() -> task<> {
                            const auto orders = (co_await shop.get("/orders")).json();
                            co_await load<Order>(orders);
                            if (now() >= at("2026-01-01T02:00Z"))  // what isn't stored isn't counted
                                co_await transaction([&]() -> task<> {
                                    co_await load<Order>(orders);
                                    throw error("after all, no");
                                });
                        })});
        co_await sleep(2h + 10min);
        const auto made = co_await all_runs();
        EXPECT_GE(made.size(), 2u);
        for (const auto& run : made) {
            EXPECT_EQ(run.rows, 2);  // new ones first, unchanged ones then
            EXPECT_EQ(run.requests, 1);
            EXPECT_EQ(run.bytes, static_cast<std::int64_t>(page.size()));
        }
        EXPECT_EQ(made.at(0).outcome, "ok");
        EXPECT_EQ(made.at(1).outcome, "failed");
        co_await app.schedule.stop(0s);
    });
}
