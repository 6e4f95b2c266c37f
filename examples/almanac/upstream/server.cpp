#include "server.hpp"

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <chrono>
#include <stdexcept>

#include "http_rules.hpp"
#include "site.hpp"
#include "stats.hpp"

namespace upstream {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using std::chrono::milliseconds;
using http_request = http::request<http::string_body>;

constexpr auto patience = std::chrono::seconds(60);  // with a silent client
constexpr std::size_t request_limit = 64 * 1024;

struct state {
    dataset& data;
    mischief troubles;
    stats counts;
    std::string base_url;
};

request simplified(const http_request& raw, const std::string& base_url) {
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

reply set_mode(state& s, const std::string& body) try {
    s.troubles.set(parse_mode(body));
    return {200, {{"Content-Type", "application/json"}}, print_mode(s.troubles.current())};
} catch (const mode_error& e) {
    return refusal(400, e.what());
}

reply administer(state& s, const request& asked, const std::string& body) {
    const auto json = [](std::string text) {
        return reply{200, {{"Content-Type", "application/json"}}, std::move(text)};
    };
    if (asked.path == "/admin/mode" && asked.method == "POST") return set_mode(s, body);
    if (asked.path == "/admin/mode" && asked.method == "GET") return json(print_mode(s.troubles.current()));
    if (asked.path == "/admin/stats" && asked.method == "GET") return json(s.counts.print());
    if (asked.path == "/admin/stats" && asked.method == "DELETE") {
        s.counts.reset();
        return json(s.counts.print());
    }
    return refusal(404, "no such page");
}

reply limited(const mode& how) {
    auto refused = refusal(429, "too many requests");
    refused.headers.emplace_back("Retry-After", how.retry_after_date ? http_date(std::time(nullptr) + how.retry_after)
                                                                     : std::to_string(how.retry_after));
    return refused;
}

std::string without_encoding(reply& from) {  // the text that a broken answer breaks is the plain one
    std::erase_if(from.headers, [](const auto& header) { return header.first == "Content-Encoding"; });
    return std::move(from.body);
}

/// What is answered once fate has spoken; broken JSON keeps a validator out, lest a cache keep the wreck.
reply fated(state& s, request asked, const verdict& judged) {
    switch (judged.what) {
        case fate::fail:
            return refusal(static_cast<unsigned>(judged.how.fail_status), "the server has a bad day");
        case fate::limit:
            return limited(judged.how);
        case fate::broken_json: {
            asked.accept_encoding.clear();
            asked.if_none_match.clear();
            asked.if_modified_since.clear();
            auto made = answer(asked, s.data);
            auto text = without_encoding(made);
            std::erase_if(made.headers, [](const auto& h) { return h.first == "ETag" || h.first == "Last-Modified"; });
            made.body = text.substr(0, text.size() / 2);
            return made;
        }
        default:
            return answer(asked, s.data);
    }
}

std::string outcome(const verdict& judged, unsigned status) {
    const bool unanswered = judged.what == fate::refuse || judged.what == fate::break_off;
    const bool nameable = unanswered || judged.what == fate::broken_json;
    return nameable ? std::string(name(judged.what)) : std::to_string(status);
}

std::string head_of(const reply& made, bool keep_alive) {
    std::string text = "HTTP/1.1 " + std::to_string(made.status) + ' ' +
                       std::string(http::obsolete_reason(static_cast<http::status>(made.status))) + "\r\n";
    text += "Date: " + http_date(std::time(nullptr)) + "\r\n";
    for (const auto& [name, value] : made.headers) text += name + ": " + value + "\r\n";
    if (made.status != 304) text += "Content-Length: " + std::to_string(made.body.size()) + "\r\n";
    return text + (keep_alive ? "\r\n" : "Connection: close\r\n\r\n");
}

asio::awaitable<void> pause(milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> write(beast::tcp_stream& stream, std::string_view bytes) {
    stream.expires_after(patience);
    co_await asio::async_write(stream, asio::buffer(bytes), asio::use_awaitable);
}

asio::awaitable<void> write_body(beast::tcp_stream& stream, std::string_view body, const verdict& judged) {
    if (!judged.slow || judged.how.drip_ms == 0) {
        co_await write(stream, body);
        co_return;
    }
    while (!body.empty()) {
        const auto drop = body.substr(0, static_cast<std::size_t>(judged.how.drip_bytes));
        co_await write(stream, drop);
        body.remove_prefix(drop.size());
        co_await pause(milliseconds(judged.how.drip_ms));
    }
}

void reset_connection(beast::tcp_stream& stream) {
    beast::error_code ignored;
    stream.socket().set_option(asio::socket_base::linger(true, 0), ignored);  // closing then sends RST
    stream.socket().close(ignored);
}

double steady_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Answers one request; false when the connection is not to be used again.
asio::awaitable<bool> handle(state& s, beast::tcp_stream& stream, const http_request& raw) {
    const auto asked = simplified(raw, s.base_url);
    const bool admin = asked.path.starts_with("/admin/");
    const auto judged = s.troubles.judge(asked.path, steady_seconds());
    reply made = admin ? administer(s, asked, raw.body()) : fated(s, asked, judged);
    if (!admin) s.counts.count(asked.path, outcome(judged, made.status), asked.conditional());
    if (judged.slow) co_await pause(milliseconds(judged.how.slow_ms));
    if (judged.what == fate::refuse) {
        reset_connection(stream);
        co_return false;
    }
    co_await write(stream, head_of(made, raw.keep_alive()));
    std::string_view body = made.body;
    if (judged.what == fate::break_off) body = body.substr(0, body.size() / 2);
    if (raw.method() != http::verb::head && made.status != 304) co_await write_body(stream, body, judged);
    co_return raw.keep_alive() && judged.what != fate::break_off;
}

asio::awaitable<void> converse(state& s, tcp::socket socket) try {
    beast::tcp_stream stream(std::move(socket));
    beast::flat_buffer buffer;
    for (bool more = true; more;) {
        http::request_parser<http::string_body> parser;
        parser.body_limit(request_limit);
        stream.expires_after(patience);
        beast::error_code failure;
        co_await http::async_read(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, failure));
        if (failure == http::error::end_of_stream) break;
        if (failure.category() == http::make_error_code(http::error::bad_method).category()) {
            const auto refused = refusal(400, "this is no request that can be understood");
            co_await write(stream, head_of(refused, false) + refused.body);
            break;
        }
        if (failure) break;  // the connection is gone, or silent for too long
        more = co_await handle(s, stream, parser.get());
    }
    beast::error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
} catch (const boost::system::system_error&) {
    // The client went away or fell silent: its connection ends, nothing else does.
}

asio::awaitable<void> welcome(state& s, tcp::acceptor& acceptor) {
    for (;;) {
        beast::error_code failure;
        auto socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, failure));
        if (!failure)
            asio::co_spawn(acceptor.get_executor(), converse(s, std::move(socket)), asio::detached);
        else
            co_await pause(milliseconds(100));  // out of descriptors, most likely
    }
}

void listen(tcp::acceptor& acceptor, const server_options& options) {
    const tcp::endpoint endpoint(asio::ip::make_address(options.host), options.port);
    if (!endpoint.address().is_loopback())
        throw std::runtime_error(options.host + " is not a loopback address; this program serves its own machine only");
    acceptor.open(endpoint.protocol());
    acceptor.set_option(asio::socket_base::reuse_address(true));
    beast::error_code failure;
    acceptor.bind(endpoint, failure);
    if (!failure) acceptor.listen(asio::socket_base::max_listen_connections, failure);
    if (failure)
        throw std::runtime_error("can't listen on " + options.host + ":" + std::to_string(options.port) + ": " +
                                 failure.message());
}

std::string url_of(const tcp::endpoint& endpoint) {
    const auto host = endpoint.address().to_string();
    return "http://" + (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(endpoint.port());
}

}  // namespace

void serve(const server_options& options, dataset& data, const std::function<void(const std::string&)>& ready) {
    asio::io_context loop(1);
    asio::signal_set signals(loop, SIGINT, SIGTERM);
    signals.async_wait([&](const beast::error_code& failure, int) {
        if (!failure) loop.stop();
    });
    tcp::acceptor acceptor(loop);
    listen(acceptor, options);
    state s{data, {}, {}, url_of(acceptor.local_endpoint())};
    s.troubles.set(options.initial);
    asio::co_spawn(loop, welcome(s, acceptor), asio::detached);
    ready(s.base_url);
    loop.run();
}

}  // namespace upstream
