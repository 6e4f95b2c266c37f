// One client's connection: reads requests, writes what the service answers, well or as badly as was decided.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <string_view>

#include "service.hpp"

namespace upstream {

class connection {
public:
    connection(service& to, boost::asio::ip::tcp::socket socket) : service_(to), stream_(std::move(socket)) {}

    /// Until the client goes, falls silent for a minute, or is thrown out. Never throws.
    static boost::asio::awaitable<void> serve(std::unique_ptr<connection> own);

private:
    boost::asio::awaitable<void> converse();
    boost::asio::awaitable<bool> read();
    boost::asio::awaitable<bool> respond();
    boost::asio::awaitable<void> write(std::string_view bytes);
    boost::asio::awaitable<void> write_dripping(std::string_view body, mode how);
    void reset();

    service& service_;
    boost::beast::tcp_stream stream_;
    boost::beast::flat_buffer buffer_;
    boost::beast::http::request<boost::beast::http::string_body> request_;
};

}  // namespace upstream
