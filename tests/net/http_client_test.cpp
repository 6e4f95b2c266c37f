#include <algorithm>

#include "net/http_client.hpp"

#include <gmock/gmock.h>

#include <boost/asio/ip/tcp.hpp>

#include "net/gzip.hpp"
#include "net/http_server.hpp"
#include "net/peer.hpp"

using namespace croft;
using boost::asio::ip::tcp;
using net::http_client;
using net::peer;
using testing::HasSubstr;

namespace {

/// A server that answers every connection with the same bytes, whatever is asked, then closes.
class raw_server {
public:
    explicit raw_server(std::string answer)
        : door_(runtime::loop::current().io(), {boost::asio::ip::address_v4::loopback(), 0}),
          answer_(std::move(answer)) {
        tasks_.spawn(serve());
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(door_.local_endpoint().port()) + "/x"; }
    int asked = 0;

private:
    task<> serve() {
        for (;;) {
            tcp::socket socket(door_.get_executor());
            const auto got = co_await wait_([&](auto done) { door_.async_accept(socket, std::move(done)); });
            if (got.failure) co_return;
            ++asked;
            peer one(std::move(socket));
            co_await one.until("\r\n\r\n");
            co_await one.send(answer_);
        }
    }
    tcp::acceptor door_;
    std::string answer_;
    runtime::io_wait wait_;
    group tasks_;
};

struct upstream {
    explicit upstream(net::http_server::handler answer) : server(std::move(answer)) { server.listen("127.0.0.1:0"); }
    std::string url(std::string path = "/") const { return "http://127.0.0.1:" + std::to_string(server.port()) + path; }
    net::http_server server;
};

task<http::response> show(http::request ask) {
    std::string text = ask.method + " " + ask.url + "\n";
    for (const auto& [name, value] : ask.headers) text += name + ": " + value + "\n";
    co_return http::response::text(200, text + "\n" + ask.body);
}

template <class Error>
std::string failure_of(std::string answer, net::client_limits limits = {}) {
    auto body = [&]() -> task<std::string> {
        raw_server server(answer);
        http_client client;
        try {
            co_await client.send({.url = server.url()}, limits);
        } catch (const Error& e) {
            co_return e.what();
        }
        co_return "no error";
    };
    return run(body());
}

}  // namespace

TEST(http_client, gets_status_headers_and_body) {
    auto body = []() -> task<> {
        upstream there(show);
        http_client client;
        const auto reply =
            co_await client.send({.url = there.url("/a?b=c"), .headers = {{"X-Trace", "7"}, {"X-Empty", ""}}});
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(reply.headers["content-type"], "text/plain; charset=utf-8");
        EXPECT_THAT(reply.body, testing::StartsWith("GET /a?b=c\n"));
        EXPECT_THAT(reply.body, HasSubstr("X-Trace: 7\nX-Empty: \n"));
        EXPECT_EQ(reply.url, there.url("/a?b=c"));
    };
    run(body());
}

TEST(http_client, sends_any_method_and_body_with_only_the_headers_it_was_given) {
    auto body = []() -> task<> {
        upstream there(show);
        http_client client;
        for (const std::string method : {"POST", "PUT", "PATCH", "DELETE"}) {
            const auto reply = co_await client.send({.method = method, .url = there.url(), .body = "hoe"});
            EXPECT_THAT(reply.body, testing::StartsWith(method + " /\n"));
            EXPECT_THAT(reply.body, testing::EndsWith("\n\nhoe"));
            EXPECT_THAT(reply.body, testing::Not(HasSubstr("Content-Type")));
            EXPECT_THAT(reply.body, testing::Not(HasSubstr("Expect")));
        }
        EXPECT_EQ((co_await client.send({.method = "HEAD", .url = there.url()})).body, "");
    };
    run(body());
}

TEST(http_client, keeps_connections_alive) {
    auto body = []() -> task<> {
        upstream there(show);
        http_client client;
        for (int i = 0; i < 5; ++i) co_await client.send({.url = there.url()});
        EXPECT_EQ(there.server.connections(), 1u);
    };
    run(body());
}

TEST(http_client, requests_run_at_the_same_time) {
    auto body = []() -> task<> {
        int inside = 0, most = 0;
        upstream there([&](http::request) -> task<http::response> {
            most = std::max(most, ++inside);
            co_await sleep(5ms);
            --inside;
            co_return http::response::text(200, "x");
        });
        http_client client;
        std::vector<task<http::response>> many;
        for (int i = 0; i < 8; ++i) many.push_back(client.send({.url = there.url()}));
        co_await all(std::move(many));
        EXPECT_GT(most, 4);
        EXPECT_EQ(client.active(), 0u);
    };
    run(body());
}

TEST(http_client, undoes_compression) {
    auto body = []() -> task<std::size_t> {
        upstream there([](http::request ask) -> task<http::response> {
            EXPECT_THAT(std::string(ask.headers["accept-encoding"]), HasSubstr("gzip"));
            co_return http::response::text(200, std::string(100'000, 'x'));
        });
        http_client client;
        const auto reply = co_await client.send({.url = there.url()});
        EXPECT_EQ(reply.headers["content-encoding"], "gzip");
        co_return reply.body.size();
    };
    EXPECT_EQ(run(body()), 100'000u);
}

TEST(http_client, a_small_answer_that_unpacks_into_too_much_is_refused) {
    net::gzip_packer gzip;
    const auto bomb = gzip.pack(std::string(10 << 20, '\0'));
    EXPECT_THAT(failure_of<http::body_error>("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
                                                 std::to_string(bomb.size()) + "\r\n\r\n" + bomb,
                                             {.max_body = 1 << 20}),
                HasSubstr("the body is larger than 1048576 bytes"));
}

TEST(http_client, follows_redirects_and_tells_where_it_ended) {
    auto body = []() -> task<> {
        upstream there([](http::request ask) -> task<http::response> {
            http::response made;
            if (ask.url == "/end") co_return http::response::text(200, ask.method + ask.body);
            made.status = ask.url == "/keep" ? 307 : 302;
            made.headers.add("Location", "end");
            co_return made;
        });
        http_client client;
        const auto reply = co_await client.send({.url = there.url("/start")});
        EXPECT_EQ(reply.url, there.url("/end"));
        EXPECT_EQ((co_await client.send({.method = "POST", .url = there.url("/start"), .body = "b"})).body, "GET");
        EXPECT_EQ((co_await client.send({.method = "POST", .url = there.url("/keep"), .body = "b"})).body, "POSTb");
        EXPECT_EQ((co_await client.send({.method = "PUT", .url = there.url("/start"), .body = "b"})).status, 302);
        EXPECT_EQ((co_await client.send({.url = there.url("/start")}, {.max_redirects = 0})).status, 302);
    };
    run(body());
}

TEST(http_client, a_circle_of_redirects_ends) {
    auto body = []() -> task<> {
        upstream there([](http::request) -> task<http::response> {
            http::response made{.status = 302};
            made.headers.add("Location", "/again");
            co_return made;
        });
        http_client client;
        std::string said;
        try {
            co_await client.send({.url = there.url()});
        } catch (const http::error& e) {
            said = e.what();
        }
        EXPECT_THAT(said, HasSubstr("more than 10 redirects"));
    };
    run(body());
}

TEST(http_client, secrets_do_not_follow_to_another_origin) {
    auto body = []() -> task<> {
        upstream other(show);
        upstream there([&](http::request) -> task<http::response> {
            http::response made{.status = 302};
            made.headers.add("Location", other.url("/o"));
            co_return made;
        });
        http_client client;
        const auto reply = co_await client.send(
            {.url = there.url(),
             .headers = {{"Authorization", "Bearer s3"}, {"X-Api-Key", "k3"}, {"Accept", "text/x"}}});
        EXPECT_THAT(reply.body, HasSubstr("GET /o\n"));
        EXPECT_THAT(reply.body, HasSubstr("Accept: text/x"));
        EXPECT_THAT(reply.body, testing::Not(testing::AnyOf(HasSubstr("s3"), HasSubstr("k3"))));
    };
    run(body());
}

TEST(http_client, only_http_is_spoken) {
    auto body = []() -> task<> {
        http_client client;
        for (const std::string url :
             {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/x", "nonsense://x", "http://"})
            EXPECT_THROW(co_await client.send({.url = url}), http::error) << url;
    };
    run(body());
}

TEST(http_client, a_redirect_to_a_file_is_not_followed) {
    auto body = []() -> task<int> {
        upstream there([&](http::request) -> task<http::response> {
            http::response made{.status = 302};
            made.headers.add("Location", "file:///etc/passwd");
            co_return made;
        });
        http_client client;
        co_return (co_await client.send({.url = there.url()})).status;
    };
    EXPECT_EQ(run(body()), 302);
}

TEST(http_client, cookies_are_kept_in_the_jar_that_was_named) {
    auto body = []() -> task<> {
        upstream there([](http::request ask) -> task<http::response> {
            auto made = http::response::text(200, std::string(ask.headers["cookie"]));
            if (ask.url == "/set") made.headers.add("Set-Cookie", "seed=turnip; Path=/");
            co_return made;
        });
        http_client client;
        co_await client.send({.url = there.url("/set")}, {}, "mine");
        EXPECT_EQ((co_await client.send({.url = there.url()}, {}, "mine")).body, "seed=turnip");
        EXPECT_EQ((co_await client.send({.url = there.url()}, {}, "yours")).body, "");
        EXPECT_EQ((co_await client.send({.url = there.url()})).body, "");
    };
    run(body());
}

TEST(http_client, a_port_where_nobody_listens_is_a_connect_error) {
    auto body = []() -> task<std::string> {
        std::string url;
        {
            raw_server gone("");
            url = gone.url();
        }
        http_client client;
        try {
            co_await client.send({.method = "PUT", .url = url});
        } catch (const http::connect_error& e) {
            EXPECT_TRUE(e.repeatable());
            EXPECT_EQ(e.url(), url);
            co_return e.what();
        }
        co_return "no error";
    };
    EXPECT_THAT(run(body()), testing::MatchesRegex("PUT http://127.0.0.1:[0-9]+/x: .*onnect.*"));
}

TEST(http_client, passwords_do_not_appear_in_messages) {
    auto body = []() -> task<std::string> {
        http_client client;
        try {
            co_await client.send({.url = "http://me:s3cret@127.0.0.1:1/"});
        } catch (const http::error& e) {
            co_return e.what();
        }
        co_return "no error";
    };
    EXPECT_THAT(run(body()), testing::AllOf(HasSubstr("GET http://127.0.0.1:1/: "), testing::Not(HasSubstr("s3cret"))));
}

TEST(http_client, silence_is_a_timeout) {
    auto body = []() -> task<> {
        upstream there([](http::request) -> task<http::response> {
            co_await sleep(1h);
            co_return http::response{};
        });
        http_client client;
        EXPECT_THROW(co_await client.send({.url = there.url()}, {.timeout = 20ms}), http::timeout);
    };
    run(body());
}

TEST(http_client, an_answer_that_breaks_off_is_a_repeatable_body_error) {
    for (const std::string answer : {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
                                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"})
        EXPECT_THAT(failure_of<http::body_error>(answer), HasSubstr("the answer broke off")) << answer;
}

TEST(http_client, a_connection_closed_without_an_answer_is_a_connect_error) {
    EXPECT_THAT(failure_of<http::connect_error>(""), HasSubstr("Empty reply"));
}

TEST(http_client, what_is_not_http_or_not_in_its_encoding_is_an_error) {
    EXPECT_NE(failure_of<http::error>("220 smtp.example ready\r\n"), "no error");
    EXPECT_NE(failure_of<http::error>("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain"),
              "no error");
    EXPECT_NE(failure_of<http::error>("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "no error");
}

TEST(http_client, too_large_a_body_or_header_is_refused) {
    EXPECT_THAT(failure_of<http::body_error>("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", {.max_body = 999}),
                HasSubstr("larger than 999 bytes"));
    EXPECT_THAT(failure_of<http::body_error>("HTTP/1.1 200 OK\r\n\r\n" + std::string(1000, 'x'), {.max_body = 999}),
                HasSubstr("larger than 999 bytes"));
    EXPECT_NE(
        failure_of<http::error>("HTTP/1.1 200 OK\r\nX: " + std::string(5000, 'x') + "\r\n\r\n", {.max_header = 4096}),
        "no error");
}

TEST(http_client, a_header_cannot_smuggle_another_in) {
    auto body = []() -> task<> {
        http_client client;
        EXPECT_THROW(co_await client.send({.url = "http://127.0.0.1:1/", .headers = {{"X", "a\r\nY: b"}}}),
                     http::error);
        EXPECT_THROW(co_await client.send({.method = "GET / HTTP/1.1\r\nX: y", .url = "http://127.0.0.1:1/"}),
                     http::error);
    };
    run(body());
}

TEST(http_client, a_cancelled_request_is_gone_at_once) {
    auto body = []() -> task<> {
        event entered;
        upstream there([&](http::request) -> task<http::response> {
            entered.set();
            co_await sleep(1h);
            co_return http::response{};
        });
        http_client client;
        {
            group g;
            g.spawn([&]() -> task<> { co_await client.send({.url = there.url()}); });
            co_await entered.wait();
            EXPECT_EQ(client.active(), 1u);
        }
        EXPECT_EQ(client.active(), 0u);
        const auto reply = co_await with_timeout(5s, client.send({.url = there.url("/b")}, {.timeout = 10ms}));
        ADD_FAILURE();
    };
    EXPECT_THROW(run(body()), http::timeout);
}

TEST(http_client, a_request_under_way_keeps_virtual_time_from_passing) {
    virtual_clock clock({}, true);
    auto body = [&]() -> task<> {
        raw_server there("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        http_client client;
        auto sleeper = []() -> task<> { co_await sleep(1h); };
        group g;
        g.spawn(sleeper());
        EXPECT_EQ((co_await client.send({.url = there.url()})).body, "ok");
        EXPECT_EQ(clock.monotonic(), 0s);
    };
    run(body(), clock);
}
