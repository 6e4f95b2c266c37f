// An HTTP/1.1 server on the loop: every request is a task of the handler's.
//
//     net::http_server server([](http::request ask) -> task<http::response> {
//         co_return http::response::text(200, "you asked for " + ask.url);
//     });
//     server.listen("127.0.0.1:8000");
//     ...
//     co_await server.stop(10s);
//
// A slow or hostile reader harms only itself: headers, bodies, connections and every wait are limited. A reader that
// goes away doesn't cancel the handler of a request it sent; stop() and the destructor do. Loop thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "croft/http_message.hpp"
#include "croft/task.hpp"

namespace croft::net {

struct server_limits {
    std::size_t header_bytes = std::size_t{16} << 10;  // 431 above
    std::size_t body_bytes = std::size_t{1} << 20;     // 413 above
    std::size_t connections = 1000;                    // 503 above
    // Real time, whatever the loop's clock.
    duration request_timeout = 30s;    // from a request's first byte to its last: 408 after
    duration idle_timeout = 75s;       // between two requests of a connection
    duration write_timeout = 30s;      // without the reader taking a byte of the answer
    std::size_t compress_from = 1024;  // answers of at least so many bytes are gzipped for readers who accept it
};

class http_server {
public:
    using handler = std::function<task<http::response>(http::request)>;

    explicit http_server(handler answer, server_limits limits = {});
    ~http_server();
    http_server(const http_server&) = delete;
    http_server& operator=(const http_server&) = delete;

    /// Called with one line for what the operator should know (a handler that threw). Default: nothing.
    void on_error(std::function<void(std::string)> log);

    /// "127.0.0.1:8000", "[::1]:8000", "0.0.0.0:80", "localhost:8000"; port 0 takes a free one. May be called for
    /// several addresses. Throws config_error that names the address and a remedy.
    void listen(const std::string& address);
    /// The port of the first address; 0 before listen().
    std::uint16_t port() const noexcept;

    /// Accepts nothing more, lets running requests finish for up to `grace` of the loop's clock, then ends them.
    task<> stop(duration grace);

    /// Open connections.
    std::size_t connections() const noexcept;

private:
    class engine;
    std::shared_ptr<engine> engine_;
};

}  // namespace croft::net
