#include "scrape/robots_book.hpp"

#include <algorithm>

#include "runtime/loop.hpp"

namespace croft::scrape {

namespace {

constexpr duration kept = 24h, first_pause = 1s, longest_pause = 5min;

duration monotonic() { return runtime::loop::current().time().monotonic(); }

}  // namespace

task<std::shared_ptr<const text::robots>> robots_book::rules(std::string origin, fetcher fetch) {
    auto& one = pages_[origin];
    const auto url = origin + "/robots.txt";
    const auto turn = co_await one.turn.acquire();
    if (!one.known || monotonic() >= one.valid_until) co_await refresh(&one, url, std::move(fetch));
    if (!one.rules)
        throw http::robots_error({.url = url,
                                  .reason = one.failure + "; without it nothing may be fetched from there",
                                  .repeatable = true,
                                  .retry_after = {}});
    co_return one.rules;
}

task<> robots_book::refresh(page* one, std::string url, fetcher fetch) {
    std::string failure;
    try {
        const auto reply = co_await fetch(std::move(url));
        if (reply.status >= 500 || reply.status == 429)
            failure = "it was answered with " + std::to_string(reply.status);
        else if (reply.status >= 200 && reply.status < 300)
            one->rules = std::make_shared<const text::robots>(text::robots::parse(reply.body));
        else
            one->rules = std::make_shared<const text::robots>();  // none there: all is allowed (§2.3.1.3)
    } catch (const http::error& e) {
        failure = e.reason();
    }
    one->known = true;
    one->failures = failure.empty() ? 0 : std::min(one->failures + 1, 16);
    one->failure = std::move(failure);
    const auto pause = std::min(first_pause * (1 << one->failures) / 2, longest_pause);
    one->valid_until = monotonic() + (one->failures == 0 ? kept : pause);
}

}  // namespace croft::scrape
