#include "net/http_client.hpp"

#include <fmt/format.h>

#include "net/curl_transfer.hpp"
#include "net/redirect.hpp"

namespace croft::net {

http_client::http_client() = default;
http_client::~http_client() = default;

std::size_t http_client::active() const noexcept { return engine_ ? engine_->active() : 0; }

task<http::response> http_client::send(http::request ask, client_limits limits, std::string jar) {
    if (!engine_) engine_ = std::make_unique<curl_engine>();
    const auto end = std::chrono::steady_clock::now() + limits.timeout;
    for (int redirects = 0;; ++redirects) {
        limits.timeout = std::chrono::floor<duration>(end - std::chrono::steady_clock::now());
        curl_transfer one(*engine_, ask, limits, jar);
        auto reply = co_await one.run();
        if (limits.max_redirects == 0) co_return reply;
        auto next = redirected(ask, reply);
        if (!next) co_return reply;
        if (redirects == limits.max_redirects)
            throw http::error({.method = ask.method,
                               .url = without_password(ask.url),
                               .reason = fmt::format("more than {} redirects", limits.max_redirects),
                               .retry_after = {}});
        ask = std::move(*next);
    }
}

}  // namespace croft::net
