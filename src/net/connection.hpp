// One reader's connection to the server: reads a request, has it answered, writes the answer, and again. Lives in the
// frame of the task that runs it, so that destroying the task closes the socket. Loop thread only.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <optional>
#include <vector>

#include "net/request_parser.hpp"
#include "net/response_head.hpp"
#include "net/server_core.hpp"
#include "runtime/io_wait.hpp"

namespace croft::net {

class connection : public runtime::links {
public:
    using instant = std::chrono::steady_clock::time_point;

    connection(boost::asio::ip::tcp::socket socket, server_core& core);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// Until the reader or the server ends the connection.
    task<> run();
    /// Ends the current wait when its time is over.
    void check(instant now);
    /// Ends the connection after the request it is busy with, or at once.
    void finish();

private:
    /// What of a request is still needed when its handler has taken it.
    struct asked {
        std::string method, url;
        bool gzip = false;
        bool keep_alive = false;
        bool old = false;
    };
    enum class received : unsigned char { request, refused, nothing };

    task<bool> serve_next();
    task<received> read_request();
    task<bool> fill();
    task<http::response> answer(http::request ask, const asked* about);
    task<bool> send(http::response reply, const asked* about);
    task<bool> send_pieces(const http::response* reply, bool chunked);
    task<> pump(stream<std::string> source, bool chunked, bool* complete, event* over);
    task<> watch(event* over);
    task<bool> write(std::string_view first, std::string_view second);
    task<> linger();

    asked note(const http::request& ask) const;
    void compress(http::response& reply, const asked& about);
    bool write_now(std::string_view& first, std::string_view& second, boost::system::error_code& failure);
    void allow(duration time);
    void allow_any_time() { deadline_ = instant::max(); }
    std::string_view unread() const { return {in_.data() + begin_, end_ - begin_}; }

    boost::asio::ip::tcp::socket socket_;
    server_core& core_;
    runtime::io_wait wait_;
    runtime::io_wait watching_;  // for the reader's end, while an answer goes out in pieces
    std::optional<request_parser> parser_;
    std::vector<char> in_;
    std::size_t begin_ = 0, end_ = 0;
    std::string out_;
    std::string remote_;
    instant deadline_ = instant::max();
    bool expired_ = false;
    bool idle_ = false;       // between two requests
    bool finishing_ = false;  // no further request
};

}  // namespace croft::net
