// HTTP requests over libcurl, driven by the loop: connections kept alive, HTTP/2, TLS verified, redirects, cookies,
// decompression, proxies from the environment. Knows no politeness: that is src/scrape's.
//
//     net::http_client client;
//     auto reply = co_await client.send({.url = "https://site.example/"});
//
// Destroying the awaiting task ends the request at once. The client must outlive the tasks that use it, and end before
// its loop. Loop thread only. Time-outs are curl's: they run on the machine's clock, whatever the loop's.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "croft/http_error.hpp"
#include "croft/http_message.hpp"
#include "croft/task.hpp"

namespace croft::net {

struct client_limits {
    duration connect_timeout = 10s;
    /// Everything, from the name look-up to the last byte.
    duration timeout = 60s;
    /// Given up when fewer bytes than this come in a second, for `low_speed_time`.
    long low_speed = 10;
    duration low_speed_time = 30s;
    /// Bytes after decompression.
    std::size_t max_body = std::size_t{64} << 20;
    std::size_t max_header = std::size_t{256} << 10;
    /// 0: the 3xx answer itself is given.
    int max_redirects = 10;
};

class curl_engine;

class http_client {
public:
    http_client();
    ~http_client();
    http_client(const http_client&) = delete;
    http_client& operator=(const http_client&) = delete;

    /// Follows redirects of GET, HEAD and POST. Any status is an answer, not an error.
    /// Requests that name the same `jar` share its cookies; an empty name: none are kept.
    /// Throws http::connect_error, http::timeout, http::body_error; http::error for a request that can't be sent.
    task<http::response> send(http::request ask, client_limits limits = {}, std::string jar = {});

    /// Requests under way.
    std::size_t active() const noexcept;

private:
    std::unique_ptr<curl_engine> engine_;  // made at the first request: libcurl and TLS cost memory
};

}  // namespace croft::net
