// Fixed JSON over HTTP, ours against bare Beast (its own async server, without time-outs): both in this process, both
// driven by the same blocking client on a thread of its own. The budget: ours answers at least 80 % as many. Requests
// for each second of the server thread's own time are what to compare on a machine with other work: the wall clock's
// rate depends on who else runs.
//
//     bench_http [seconds] [connections]
#include <fmt/format.h>

#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "net/http_server.hpp"
#include "runtime/loop.hpp"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

constexpr std::string_view fixed = R"({"id":42,"name":"Hoe","type":"tool","sell_price":125,"market_price":null})";
constexpr std::string_view ask = "GET /items/42 HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n";

/// Asks over `connections` connections in turn until told to stop: one request under way on each.
std::uint64_t hammer(std::uint16_t port, int connections, std::atomic<bool>& stop) {
    asio::io_context io;
    std::vector<tcp::socket> sockets;
    for (int i = 0; i < connections; ++i) {
        sockets.emplace_back(io).connect({asio::ip::address_v4::loopback(), port});
        sockets.back().set_option(tcp::no_delay(true));
    }
    std::uint64_t answered = 0;
    char room[4096];
    while (!stop) {
        for (auto& one : sockets) asio::write(one, asio::buffer(ask));
        for (auto& one : sockets) {
            std::string_view got;
            std::size_t size = 0;
            do {
                size += one.read_some(asio::buffer(room + size, sizeof room - size));
                got = {room, size};
            } while (!got.ends_with(fixed));
            ++answered;
        }
    }
    return answered;
}

class beast_session : public std::enable_shared_from_this<beast_session> {
public:
    explicit beast_session(tcp::socket socket) : stream_(std::move(socket)) {
        stream_.socket().set_option(tcp::no_delay(true));
    }
    void read() {
        request_ = {};
        beast::http::async_read(stream_, buffer_, request_, [self = shared_from_this()](auto failure, std::size_t) {
            if (!failure) self->answer();
        });
    }

private:
    void answer() {
        reply_ = {beast::http::status::ok, request_.version()};
        reply_.set(beast::http::field::content_type, "application/json");
        reply_.keep_alive(request_.keep_alive());
        reply_.body() = std::string(fixed);
        reply_.prepare_payload();
        beast::http::async_write(stream_, reply_, [self = shared_from_this()](auto failure, std::size_t) {
            if (!failure) self->read();
        });
    }
    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    beast::http::request<beast::http::string_body> request_;
    beast::http::response<beast::http::string_body> reply_;
};

void accept(tcp::acceptor& door) {
    door.async_accept([&door](auto failure, tcp::socket socket) {
        if (failure) return;
        std::make_shared<beast_session>(std::move(socket))->read();
        accept(door);
    });
}

struct result {
    double per_second = 0;      // of the wall clock
    double per_cpu_second = 0;  // of the server's thread
};

double thread_time() {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

double rate(std::uint16_t port, double seconds, int connections) {
    std::atomic<bool> stop = false;
    std::uint64_t answered = 0;
    std::thread client([&] { answered = hammer(port, connections, stop); });
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    stop = true;
    client.join();
    return static_cast<double>(answered) / seconds;
}

result rate_of_beast(double seconds, int connections) {
    asio::io_context io{1};
    tcp::acceptor door(io, {asio::ip::address_v4::loopback(), 0});
    accept(door);
    double used = 0;
    std::thread server([&] {
        io.run();
        used = thread_time();
    });
    const double per_second = rate(door.local_endpoint().port(), seconds, connections);
    io.stop();
    server.join();
    return {per_second, per_second * seconds / used};
}

result rate_of_ours(double seconds, int connections) {
    double per_second = 0;
    const double before = thread_time();
    const auto body = [&]() -> croft::task<> {
        croft::net::http_server server([](croft::http::request) -> croft::task<croft::http::response> {
            co_return croft::http::response::of(200, "application/json", std::string(fixed));
        });
        server.listen("127.0.0.1:0");
        const auto port = server.port();
        per_second = co_await croft::offload([=] { return rate(port, seconds, connections); });
    };
    croft::run(body());
    return {per_second, per_second * seconds / (thread_time() - before)};
}

}  // namespace

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 2;
    const int connections = argc > 2 ? std::atoi(argv[2]) : 32;
    for (int round = 0; round < 5; ++round) {
        const auto beast = rate_of_beast(seconds, connections), ours = rate_of_ours(seconds, connections);
        fmt::print(
            "{} connections: Beast {:.0f}/s, {:.0f} per CPU second; ours {:.0f}/s, {:.0f}: {:.0f} % and {:.0f} %\n",
            connections, beast.per_second, beast.per_cpu_second, ours.per_second, ours.per_cpu_second,
            100 * ours.per_second / beast.per_second, 100 * ours.per_cpu_second / beast.per_cpu_second);
    }
}
