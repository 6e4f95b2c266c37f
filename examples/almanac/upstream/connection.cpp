#include "connection.hpp"

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <chrono>
#include <ctime>

#include "http_rules.hpp"

namespace upstream {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::awaitable, asio::use_awaitable;
using std::chrono::milliseconds;

constexpr auto patience = std::chrono::seconds(60);  // with a silent client
constexpr std::size_t request_limit = 64 * 1024;

request simplified(const http::request<http::string_body>& raw, const std::string& base_url) {
    const std::string target(raw.target());
    const auto question = target.find('?');
    request made;
    made.method = raw.method_string();
    made.path = target.substr(0, question);
    if (question != target.npos) made.query = parse_query(std::string_view(target).substr(question + 1));
    made.if_none_match = raw[http::field::if_none_match];
    made.if_modified_since = raw[http::field::if_modified_since];
    made.accept_encoding = raw[http::field::accept_encoding];
    made.base_url = base_url;
    return made;
}

std::string head_of(const reply& made, bool keep_alive) {
    std::string text = "HTTP/1.1 " + std::to_string(made.status) + ' ' +
                       std::string(http::obsolete_reason(static_cast<http::status>(made.status))) + "\r\n";
    text += "Date: " + http_date(std::time(nullptr)) + "\r\n";
    for (const auto& [name, value] : made.headers) text += name + ": " + value + "\r\n";
    if (made.status != 304) text += "Content-Length: " + std::to_string(made.body.size()) + "\r\n";
    return text + (keep_alive ? "\r\n" : "Connection: close\r\n\r\n");
}

double steady_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

awaitable<void> pause(milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(use_awaitable);
}

}  // namespace

awaitable<void> connection::serve(std::unique_ptr<connection> own) try {
    co_await own->converse();
} catch (const boost::system::system_error&) {
    // The client went away or fell silent: its connection ends, nothing else does.
}

awaitable<void> connection::converse() {
    while (co_await read() && co_await respond()) {
    }
    beast::error_code ignored;
    stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
}

/// False when no further request came.
awaitable<bool> connection::read() {
    http::request_parser<http::string_body> parser;
    parser.body_limit(request_limit);
    stream_.expires_after(patience);
    beast::error_code failure;
    co_await http::async_read(stream_, buffer_, parser, asio::redirect_error(use_awaitable, failure));
    request_ = parser.release();
    if (!failure) co_return true;
    const bool misunderstood = failure.category() == http::make_error_code(http::error::bad_method).category();
    if (misunderstood && failure != http::error::end_of_stream) {
        const auto refused = refusal(400, "this is no request that can be understood");
        co_await write(head_of(refused, false) + refused.body);
    }
    co_return false;
}

/// False when the connection is not to be used again.
awaitable<bool> connection::respond() {
    const auto [answer, judged] =
        receive(service_, simplified(request_, service_.base_url), request_.body(), steady_seconds());
    if (judged.slow) co_await pause(milliseconds(judged.how.slow_ms));
    if (judged.what == fate::refuse) {
        reset();
        co_return false;
    }
    const bool bodiless = request_.method() == http::verb::head || answer.status == 304;
    std::string_view body;
    if (!bodiless) body = answer.body;
    if (judged.what == fate::break_off) body = body.substr(0, body.size() / 2);
    co_await write(head_of(answer, request_.keep_alive()));
    if (judged.slow && judged.how.drip_ms > 0)
        co_await write_dripping(body, judged.how);
    else
        co_await write(body);
    co_return request_.keep_alive() && judged.what != fate::break_off;
}

awaitable<void> connection::write(std::string_view bytes) {
    stream_.expires_after(patience);
    co_await asio::async_write(stream_, asio::buffer(bytes), use_awaitable);
}

awaitable<void> connection::write_dripping(std::string_view body, mode how) {
    while (!body.empty()) {
        const auto drop = body.substr(0, static_cast<std::size_t>(how.drip_bytes));
        co_await write(drop);
        body.remove_prefix(drop.size());
        co_await pause(milliseconds(how.drip_ms));
    }
}

void connection::reset() {
    beast::error_code ignored;
    stream_.socket().set_option(asio::socket_base::linger(true, 0), ignored);  // closing then sends RST
    stream_.socket().close(ignored);
}

}  // namespace upstream
