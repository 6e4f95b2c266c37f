#include "net/request_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include "net/ascii.hpp"

namespace croft::net {

namespace beast_http = boost::beast::http;

namespace {

int status_for(const boost::beast::error_code& failure) {
    if (failure == beast_http::error::header_limit) return 431;
    if (failure == beast_http::error::body_limit) return 413;
    if (failure == beast_http::error::bad_version) return 505;
    return 400;
}

}  // namespace

request_parser::request_parser(std::size_t header_bytes, std::size_t body_bytes) : body_bytes_(body_bytes) {
    header_limit(static_cast<std::uint32_t>(header_bytes));
    body_limit(body_bytes);
    eager(true);
}

std::size_t request_parser::read(std::string_view bytes) {
    // The last chunk is at least "0\r\n\r\n", and with less of it at hand Beast runs into an assertion of its own.
    if (is_header_done() && chunked() && bytes.size() < 5) return 0;
    error_code failure;
    const std::size_t used = put(boost::asio::const_buffer(bytes.data(), bytes.size()), failure);
    if (failure && failure != beast_http::error::need_more && refusal_ == 0) refusal_ = status_for(failure);
    return used;
}

void request_parser::refuse(int status, error_code& failure) {
    refuse(status);
    failure = beast_http::error::bad_value;
}

void request_parser::on_request_impl(beast_http::verb, string_view method, string_view target, int version,
                                     error_code&) {
    request_.method.assign(method.data(), method.size());
    request_.url.assign(target.data(), target.size());
    request_.headers.reserve(16);
    version_ = version;
}

void request_parser::on_field_impl(beast_http::field field, string_view name, string_view value, error_code& failure) {
    if (in_trailer_) return;  // RFC 9110 §6.5.1: trailers may be ignored
    const std::string_view text(value.data(), value.size());
    switch (field) {
        case beast_http::field::host:
            ++hosts_;
            break;
        case beast_http::field::expect:
            expects_continue_ = same_name(text, "100-continue");
            break;
        case beast_http::field::transfer_encoding:
            // Anything else leaves the body's end in doubt (RFC 9112 §6.1).
            if (version_ < 11) return refuse(400, failure);
            if (!same_name(trimmed(text), "chunked")) return refuse(501, failure);
            break;
        default:
            break;
    }
    request_.headers.add(std::string(name.data(), name.size()), std::string(text));
}

void request_parser::on_header_impl(error_code& failure) {
    in_trailer_ = true;
    if (version_ >= 11 ? hosts_ != 1 : hosts_ > 1) refuse(400, failure);  // RFC 9112 §3.2
}

void request_parser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
    // What a header promises isn't memory to set aside before it has come.
    if (length) request_.body.reserve(std::min<std::uint64_t>(*length, std::uint64_t{64} << 10));
}

std::size_t request_parser::on_body_impl(string_view body, error_code&) {
    request_.body.append(body.data(), body.size());
    return body.size();
}

std::size_t request_parser::on_chunk_body_impl(std::uint64_t, string_view body, error_code& failure) {
    if (request_.body.size() + body.size() > body_bytes_) {
        refuse(413, failure);
        return 0;
    }
    return on_body_impl(body, failure);
}

}  // namespace croft::net
