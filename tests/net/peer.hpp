// The other end of a connection, as raw bytes: what a well-behaved client would never send.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <string>

#include "runtime/io_wait.hpp"
#include "runtime/loop.hpp"

namespace croft::net {

class peer {
public:
    explicit peer(std::uint16_t port) : socket_(runtime::loop::current().io()) {
        socket_.connect({boost::asio::ip::address_v4::loopback(), port});
    }
    explicit peer(boost::asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

    task<bool> send(std::string text) {
        const auto sent = co_await wait_([&](auto done) { async_write(socket_, boost::asio::buffer(text), done); });
        co_return !sent.failure;
    }
    /// Everything until the other side closes.
    task<std::string> rest() {
        while (co_await more()) {
        }
        co_return std::exchange(in_, {});
    }
    /// Until `mark` has come (included); what is there when the connection ends before.
    task<std::string> until(std::string mark) {
        while (in_.find(mark) == in_.npos && co_await more()) {
        }
        const auto end = in_.find(mark);
        if (end == in_.npos) co_return std::exchange(in_, {});
        std::string text = in_.substr(0, end + mark.size());
        in_.erase(0, text.size());
        co_return text;
    }
    void finish_sending() { socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send); }
    void close() { socket_.close(); }

private:
    task<bool> more() {
        char room[4096];
        const auto got =
            co_await wait_([&](auto done) { socket_.async_read_some(boost::asio::buffer(room), std::move(done)); });
        in_.append(room, got.bytes);
        co_return !got.failure;
    }
    boost::asio::ip::tcp::socket socket_;
    runtime::io_wait wait_;
    std::string in_;
};

}  // namespace croft::net
