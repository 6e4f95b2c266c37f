// Reads HTTP/1.1 requests from a connection's bytes straight into http::request. The grammar is Beast's; this adds the
// rules that keep two readers of the same bytes from seeing different requests (RFC 9112 §3.2, §6.1) and the limits.
// One parser for each request. Loop thread only.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <string_view>

#include "croft/http_message.hpp"

namespace croft::net {

class request_parser final : boost::beast::http::basic_parser<true> {
public:
    request_parser(std::size_t header_bytes, std::size_t body_bytes);

    /// Reads from the left of `bytes`; gives how many were used up.
    std::size_t read(std::string_view bytes);

    bool is_done() const { return basic_parser::is_done(); }
    /// 0, or the status that refuses the request: 400, 413, 431, 501, 505.
    int refusal() const { return refusal_; }
    void refuse(int status) { refusal_ = status; }
    /// The header came with "Expect: 100-continue" and the body is still to come.
    bool wants_continue() const { return expects_continue_ && is_header_done() && !is_done(); }
    void continued() { expects_continue_ = false; }
    /// Whether the connection may serve another request, as far as the reader is concerned.
    bool keep_alive() const { return basic_parser::keep_alive(); }
    bool is_old() const { return version_ < 11; }
    http::request& request() { return request_; }

private:
    using error_code = boost::beast::error_code;
    using string_view = boost::beast::string_view;

    void on_request_impl(boost::beast::http::verb, string_view method, string_view target, int version,
                         error_code&) override;
    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_field_impl(boost::beast::http::field, string_view name, string_view value, error_code&) override;
    void on_header_impl(error_code&) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override;
    std::size_t on_body_impl(string_view body, error_code&) override;
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& failure) override;
    void on_finish_impl(error_code&) override {}
    void refuse(int status, error_code& failure);

    http::request request_;
    std::size_t body_bytes_;
    int version_ = 11;
    int hosts_ = 0;
    int refusal_ = 0;
    bool in_trailer_ = false;
    bool expects_continue_ = false;
};

}  // namespace croft::net
