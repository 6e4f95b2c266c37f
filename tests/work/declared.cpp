// Tasks as users write them: the forms must compile, and be found without being named anywhere.
#include <croft/every.hpp>
#include <croft/log.hpp>

using namespace croft;

task<> do_every(auto work, duration pause) {
    for (;;) {
        co_await work();
        co_await sleep(pause);
    }
}

CROFT_EVERY(30s, poll_chat) { co_await sleep(1s); }

CROFT_EVERY(2 * days, tidy_up) { co_await poll_chat(); }

CROFT_CRON("H/30 * * * *", scrape_things) {
    co_await sleep(1s);
    log::info("scraped {}", 3);
}

CROFT_CRON("@weekly", report,
           {.timezone = "Europe/Berlin", .missed = missed::run_once, .overlap = overlap::skip, .timeout = 10min}) {
    co_await with_timeout(1s, do_every([]() -> task<> { co_await sleep(1s); }, 1min));
}
