#include "net/http_server.hpp"
#include "croft/stream.hpp"

#include <gmock/gmock.h>
#include <zlib.h>

#include "net/peer.hpp"
#include "net/request_parser.hpp"

using namespace croft;
using net::http_server;
using net::peer;
using net::server_limits;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

task<http::response> echo(http::request ask) {
    co_return http::response::text(200, ask.method + " " + ask.url + " " + ask.body);
}

/// Sends `bytes` to a server with `answer`, and gives all that comes back until the connection ends.
std::string exchange(std::string bytes, http_server::handler answer = echo, server_limits limits = {}) {
    auto body = [&]() -> task<std::string> {
        http_server server(answer, limits);
        server.listen("127.0.0.1:0");
        peer reader(server.port());
        co_await reader.send(bytes);
        co_return co_await reader.rest();
    };
    return run(body());
}

std::string get(std::string headers = "Connection: close\r\n") {
    return "GET /x HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}

std::string body_of(const std::string& message) { return message.substr(message.find("\r\n\r\n") + 4); }

std::string unpacked(const std::string& packed) {
    z_stream stream{};
    inflateInit2(&stream, 15 + 16);
    std::string plain(1 << 20, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(plain.data());
    stream.avail_out = static_cast<uInt>(plain.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    plain.resize(stream.total_out);
    inflateEnd(&stream);
    return plain;
}

stream<std::string> count_to_three() {
    for (int i = 1; i <= 3; ++i) {
        co_await sleep(1ms);
        co_yield std::to_string(i) + "\n";
    }
}

}  // namespace

TEST(http_server, answers_with_status_date_length_and_body) {
    const auto reply = exchange(get());
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
    EXPECT_THAT(reply, HasSubstr("GMT\r\n"));
    EXPECT_THAT(reply, HasSubstr("Content-Length: 7\r\n"));
    EXPECT_THAT(reply, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(reply, EndsWith("\r\n\r\nGET /x "));
}

TEST(http_server, a_connection_serves_one_request_after_another_even_when_they_come_at_once) {
    const auto reply = exchange("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" +
                                std::string("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n") + get());
    const auto first = reply.find("POST /1 abc"), second = reply.find("GET /2 "), third = reply.find("GET /x ");
    EXPECT_LT(first, second);
    EXPECT_LT(second, third);
    EXPECT_NE(third, reply.npos);
}

TEST(http_server, a_request_may_come_in_single_bytes) {
    auto body = []() -> task<std::string> {
        http_server server(echo);
        server.listen("127.0.0.1:0");
        peer reader(server.port());
        for (const char c :
             std::string("POST /s HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"))
            co_await reader.send(std::string(1, c));
        co_return co_await reader.rest();
    };
    EXPECT_THAT(run(body()), EndsWith("POST /s hi"));
}

TEST(http_server, a_chunked_request_arrives_as_one_body) {
    EXPECT_THAT(exchange("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                         "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
                EndsWith("POST /c abcde"));
}

TEST(http_server, a_chunked_request_may_come_in_single_bytes_even_without_a_body) {
    const std::string header = "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const std::string body : {"0\r\n\r\n", "2\r\nhi\r\n0\r\nX: y\r\n\r\n"}) {
        net::request_parser parser(4096, 512);
        std::string pending;
        for (const char c : header + body) {
            EXPECT_FALSE(parser.is_done());
            pending += c;
            pending.erase(0, parser.read(pending));
        }
        EXPECT_TRUE(parser.is_done());
        EXPECT_EQ(parser.request().body, body[0] == '2' ? "hi" : "");
    }
}

TEST(http_server, head_gets_the_header_of_get_and_no_body) {
    const auto reply = exchange("HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(reply, HasSubstr("Content-Length: 8\r\n"));
    EXPECT_THAT(reply, EndsWith("\r\n\r\n"));
}

TEST(http_server, an_http_1_0_reader_is_served_and_closed_or_kept_on_demand) {
    EXPECT_THAT(exchange("GET /x HTTP/1.0\r\n\r\n"), HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(exchange("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n"),
                testing::AllOf(HasSubstr("Connection: keep-alive\r\n"), EndsWith("GET /2 ")));
}

TEST(http_server, no_content_and_not_modified_have_no_body_and_no_length) {
    for (const int status : {204, 304}) {
        const auto reply = exchange(get(), [=](http::request) -> task<http::response> {
            co_return http::response::text(status, "not to be sent");
        });
        EXPECT_THAT(reply, Not(HasSubstr("Content-Length")));
        EXPECT_THAT(reply, EndsWith("\r\n\r\n"));
    }
}

TEST(http_server, nonsense_is_refused_with_400_and_the_connection_closed) {
    for (const std::string bytes :
         {"nonsense\r\n\r\n", "GET /x HTTP/1.1\r\nBroken\r\nHost: a\r\n\r\n", "\x16\x03\x01\x02\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"})
        EXPECT_THAT(exchange(bytes), StartsWith("HTTP/1.1 400 Bad Request\r\n")) << bytes;
}

TEST(http_server, requests_that_two_readers_could_understand_differently_are_refused) {
    const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
    EXPECT_THAT(exchange(post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                HasSubstr(" 400 "));
    EXPECT_THAT(exchange(post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
                HasSubstr(" 400 "));
    EXPECT_THAT(exchange(post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"), HasSubstr(" 400 "));
    EXPECT_THAT(exchange(post + "Content-Length: +3\r\n\r\nabc"), HasSubstr(" 400 "));
    EXPECT_THAT(exchange(post + "Transfer-Encoding: gzip\r\n\r\n"), HasSubstr(" 501 "));
    EXPECT_THAT(exchange(post + "Transfer-Encoding: chunked, gzip\r\n\r\n"), HasSubstr(" 501 "));
    EXPECT_THAT(exchange("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), HasSubstr(" 400 "));
    EXPECT_THAT(exchange("GET / HTTP/1.1\r\n\r\n"), HasSubstr(" 400 "));
    EXPECT_THAT(exchange(post + "Host: b\r\n\r\n"), HasSubstr(" 400 "));
    EXPECT_THAT(exchange(post + "X : y\r\n\r\n"), HasSubstr(" 400 "));
}

TEST(http_server, too_large_a_header_is_431_and_too_large_a_body_413) {
    const server_limits limits{.header_bytes = 4096, .body_bytes = 10};
    EXPECT_THAT(exchange(get("X: " + std::string(5000, 'x') + "\r\n"), echo, limits), HasSubstr(" 431 "));
    EXPECT_THAT(exchange("GET /" + std::string(5000, 'x'), echo, limits), HasSubstr(" 431 "));
    const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
    EXPECT_THAT(exchange(post + "Content-Length: 11\r\n\r\n01234567890", echo, limits), HasSubstr(" 413 "));
    EXPECT_THAT(exchange(post + "Content-Length: 99999999999999999999999\r\n\r\n", echo, limits), HasSubstr(" 400 "));
    EXPECT_THAT(exchange(post + "Transfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n6\r\n", echo, limits),
                testing::Not(HasSubstr(" 200 ")));
    EXPECT_THAT(
        exchange(post + "Transfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n6\r\n012345\r\n0\r\n\r\n", echo, limits),
        HasSubstr(" 413 "));
}

TEST(http_server, a_chunk_line_that_never_ends_is_refused) {
    const server_limits limits{.header_bytes = 4096};
    const auto reply = exchange(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(20'000, 'x'), echo, limits);
    EXPECT_THAT(reply, HasSubstr(" 400 "));
}

TEST(http_server, who_asks_first_is_told_to_continue) {
    auto body = []() -> task<std::string> {
        http_server server(echo);
        server.listen("127.0.0.1:0");
        peer reader(server.port());
        co_await reader.send(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n");
        EXPECT_EQ(co_await reader.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
        co_await reader.send("ok");
        co_return co_await reader.rest();
    };
    EXPECT_THAT(run(body()), EndsWith("POST / ok"));
}

TEST(http_server, a_slow_request_is_408_and_a_silent_connection_is_closed_without_a_word) {
    const server_limits limits{.request_timeout = 20ms, .idle_timeout = 20ms};
    EXPECT_THAT(exchange("GET /slow HTTP/1.1\r\nHo", echo, limits), StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
    EXPECT_EQ(exchange("", echo, limits), "");
}

TEST(http_server, a_drip_of_bytes_does_not_keep_a_request_alive) {
    auto body = []() -> task<std::string> {
        http_server server(echo, {.request_timeout = 40ms});
        server.listen("127.0.0.1:0");
        peer reader(server.port());
        co_await reader.send("GET / HTTP/1.1\r\n");
        while (server.connections() < 1) co_await sleep(1ms);
        for (int sent = 0; server.connections() > 0 && co_await reader.send("X: y\r\n"); ++sent) {
            if (sent == 500) co_return "still served";
            co_await sleep(1ms);
        }
        co_return co_await reader.rest();
    };
    EXPECT_THAT(run(body()), HasSubstr("408"));
}

TEST(http_server, a_reader_that_takes_nothing_is_dropped) {
    auto body = []() -> task<bool> {
        http_server server(
            [](http::request) -> task<http::response> {
                co_return http::response::of(200, "application/octet-stream", std::string(32 << 20, 'x'));
            },
            {.write_timeout = 20ms});
        server.listen("127.0.0.1:0");
        peer reader(server.port());
        co_await reader.send(get());
        while (server.connections() == 0) co_await sleep(1ms);
        while (server.connections() > 0) co_await sleep(1ms);
        co_return true;
    };
    EXPECT_TRUE(run(with_timeout(10s, body())));
}

TEST(http_server, a_large_answer_arrives_whole) {
    const std::string large(5 << 20, 'y');
    const auto reply = exchange(get(), [&](http::request) -> task<http::response> {
        co_return http::response::of(200, "application/octet-stream", large);
    });
    EXPECT_EQ(body_of(reply), large);
}

TEST(http_server, a_handler_that_throws_is_500_with_a_number_that_the_log_has_too) {
    auto body = []() -> task<> {
        http_server server([](http::request) -> task<http::response> {
            throw error("secret detail");
            co_return http::response{};
        });
        std::string logged;
        server.on_error([&](std::string line) { logged = line; });
        server.listen("127.0.0.1:0");
        peer reader(server.port());
        co_await reader.send(get());
        const auto reply = co_await reader.rest();
        EXPECT_THAT(reply, StartsWith("HTTP/1.1 500 "));
        EXPECT_THAT(reply, Not(HasSubstr("secret")));
        EXPECT_THAT(logged, StartsWith("GET /x: secret detail (error "));
        EXPECT_THAT(reply, HasSubstr(logged.substr(logged.find("(error ") + 7, 8)));
    };
    run(body());
}

TEST(http_server, a_header_with_a_line_break_is_not_sent) {
    const auto reply = exchange(get(), [](http::request) -> task<http::response> {
        auto made = http::response::text(200, "x");
        made.headers.add("Location", "/\r\nSet-Cookie: stolen=1");
        co_return made;
    });
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 500 "));
    EXPECT_THAT(reply, Not(HasSubstr("stolen")));
}

TEST(http_server, compresses_large_text_for_readers_who_accept_it) {
    const std::string large(5000, 'z');
    const auto answer = [&](http::request) -> task<http::response> { co_return http::response::text(200, large); };
    const auto packed = exchange(get("Accept-Encoding: br, gzip\r\nConnection: close\r\n"), answer);
    EXPECT_THAT(packed, HasSubstr("Content-Encoding: gzip\r\n"));
    EXPECT_THAT(packed, HasSubstr("Vary: Accept-Encoding\r\n"));
    EXPECT_LT(packed.size(), 500u);
    EXPECT_EQ(unpacked(body_of(packed)), large);
    for (const std::string no :
         {"", "Accept-Encoding: gzip;q=0\r\n", "Accept-Encoding: br\r\n", "Accept-Encoding: gzip;q=0, *\r\n"})
        EXPECT_EQ(body_of(exchange(get(no + "Connection: close\r\n"), answer)), large) << no;
}

TEST(http_server, small_encoded_and_binary_answers_are_sent_as_they_are) {
    const auto with = [](std::string type, std::string encoding, std::size_t size) {
        return exchange(get("Accept-Encoding: gzip\r\nConnection: close\r\n"),
                        [=](http::request) -> task<http::response> {
                            auto made = http::response::of(200, type, std::string(size, 'z'));
                            if (!encoding.empty()) made.headers.add("Content-Encoding", encoding);
                            co_return made;
                        });
    };
    EXPECT_EQ(body_of(with("text/plain", "", 1000)).size(), 1000u);
    EXPECT_EQ(body_of(with("image/png", "", 9000)).size(), 9000u);
    EXPECT_EQ(body_of(with("text/plain", "br", 9000)).size(), 9000u);
}

TEST(http_server, fixed_bodies_are_sent_without_being_copied_into_the_answer) {
    static constexpr std::string_view asset = "body { color: red }";
    const auto reply = exchange(get(), [](http::request) -> task<http::response> {
        http::response made;
        made.fixed_body = asset;
        co_return made;
    });
    EXPECT_EQ(body_of(reply), asset);
}

TEST(http_server, a_body_in_pieces_goes_out_chunked_and_the_connection_stays) {
    const auto answer = [](http::request ask) -> task<http::response> {
        http::response made;
        if (ask.url == "/x") co_return http::response::text(200, "after");
        made.pieces = count_to_three;
        co_return made;
    };
    const auto reply = exchange("GET /p HTTP/1.1\r\nHost: a\r\n\r\n" + get(), answer);
    EXPECT_THAT(reply, HasSubstr("Transfer-Encoding: chunked\r\n"));
    EXPECT_THAT(reply, HasSubstr("\r\n\r\n2\r\n1\n\r\n2\r\n2\n\r\n2\r\n3\n\r\n0\r\n\r\nHTTP/1.1 200"));
    EXPECT_THAT(reply, EndsWith("after"));
    EXPECT_EQ(body_of(exchange("GET /p HTTP/1.0\r\n\r\n", answer)), "1\n2\n3\n");
}

TEST(http_server, a_body_in_pieces_ends_when_its_reader_goes) {
    auto body = []() -> task<bool> {
        bool gone = false;
        http_server server([&](http::request) -> task<http::response> {
            http::response made;
            made.pieces = [&]() -> stream<std::string> {
                struct farewell {
                    bool* flag;
                    ~farewell() { *flag = true; }
                } here{&gone};
                co_yield "first";
                co_await sleep(1h);
            };
            co_return made;
        });
        server.listen("127.0.0.1:0");
        peer reader(server.port());
        co_await reader.send(get(""));
        co_await reader.until("first");
        EXPECT_FALSE(gone);
        reader.close();
        while (server.connections() > 0) co_await sleep(1ms);
        co_return gone;
    };
    EXPECT_TRUE(run(with_timeout(10s, body())));
}

TEST(http_server, one_connection_too_many_is_turned_away_with_503) {
    auto body = []() -> task<> {
        http_server server(echo, {.connections = 1});
        server.listen("127.0.0.1:0");
        peer first(server.port());
        co_await first.send(get(""));
        co_await first.until("GET /x ");
        peer second(server.port());
        EXPECT_THAT(co_await second.until("\r\n\r\n"), StartsWith("HTTP/1.1 503 "));
        co_await first.send(get());
        EXPECT_THAT(co_await first.rest(), HasSubstr("200 OK"));
    };
    run(body());
}

TEST(http_server, stopping_lets_a_running_request_finish_and_closes_idle_connections) {
    auto body = []() -> task<> {
        event entered, go;
        http_server server([&](http::request) -> task<http::response> {
            entered.set();
            co_await go.wait();
            co_return http::response::text(200, "done");
        });
        server.listen("127.0.0.1:0");
        const auto port = server.port();
        peer idle(port), busy(port);
        co_await busy.send(get(""));
        co_await entered.wait();
        group g;
        bool stopped = false;
        g.spawn([&]() -> task<> {
            co_await server.stop(10s);
            stopped = true;
        });
        EXPECT_EQ(co_await idle.rest(), "");
        EXPECT_THROW(peer{port}, boost::system::system_error);
        EXPECT_FALSE(stopped);
        go.set();
        EXPECT_THAT(co_await busy.rest(), testing::AllOf(HasSubstr("Connection: close"), EndsWith("done")));
        co_await g.wait();
        EXPECT_TRUE(stopped);
    };
    run(body());
}

TEST(http_server, stopping_ends_what_takes_longer_than_the_grace) {
    auto body = []() -> task<> {
        event entered;
        http_server server([&](http::request) -> task<http::response> {
            entered.set();
            co_await sleep(1h);
            co_return http::response{};
        });
        server.listen("127.0.0.1:0");
        peer busy(server.port());
        co_await busy.send(get());
        co_await entered.wait();
        co_await server.stop(5ms);
        EXPECT_EQ(server.connections(), 0u);
        EXPECT_EQ(co_await busy.rest(), "");
    };
    run(body());
}

TEST(http_server, listening_where_somebody_listens_names_the_address_and_a_remedy) {
    auto body = []() -> task<std::string> {
        http_server first(echo), second(echo);
        first.listen("127.0.0.1:0");
        std::string said;
        try {
            second.listen("127.0.0.1:" + std::to_string(first.port()));
        } catch (const config_error& e) {
            said = e.what();
        }
        EXPECT_THAT(said, HasSubstr("127.0.0.1:" + std::to_string(first.port())));
        co_return said;
    };
    EXPECT_THAT(run(body()), HasSubstr("choose another port"));
}

TEST(http_server, addresses_that_make_no_sense_are_refused_with_the_right_form) {
    auto body = []() -> task<> {
        http_server server(echo);
        for (const std::string bad :
             {"8000", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", "::1:80", "[1.2.3]:80", ""})
            EXPECT_THROW(server.listen(bad), config_error) << bad;
        server.listen("localhost:0");
        EXPECT_NE(server.port(), 0);
        co_return;
    };
    run(body());
}

TEST(http_server, speaks_ipv6) {
    auto body = []() -> task<> {
        http_server server(echo);
        server.listen("[::1]:0");
        EXPECT_NE(server.port(), 0);
        co_return;
    };
    run(body());
}
