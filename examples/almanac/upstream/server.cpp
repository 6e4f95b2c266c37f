#include "server.hpp"

#include <boost/asio.hpp>
#include <chrono>
#include <memory>
#include <stdexcept>

#include "connection.hpp"
#include "service.hpp"

namespace upstream {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

class entrance {
public:
    entrance(asio::io_context& loop, const server_options& options) : acceptor_(loop) { listen(options); }

    std::string url() const {
        const auto endpoint = acceptor_.local_endpoint();
        const auto host = endpoint.address().to_string();
        return "http://" + (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" +
               std::to_string(endpoint.port());
    }

    /// Lets clients in for ever; `to` and this object outlive the loop's run.
    asio::awaitable<void> admit(service* to) {
        for (;;) {
            error_code failure;
            auto socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, failure));
            if (!failure) {
                auto guest = std::make_unique<connection>(*to, std::move(socket));
                asio::co_spawn(acceptor_.get_executor(), connection::serve(std::move(guest)), asio::detached);
                continue;
            }
            asio::steady_timer timer(acceptor_.get_executor(), std::chrono::milliseconds(100));
            co_await timer.async_wait(asio::use_awaitable);  // out of descriptors, most likely
        }
    }

private:
    void listen(const server_options& options);

    tcp::acceptor acceptor_;
};

void entrance::listen(const server_options& options) {
    const tcp::endpoint endpoint(asio::ip::make_address(options.host), options.port);
    if (!endpoint.address().is_loopback())
        throw std::runtime_error(options.host + " is not a loopback address; this program serves its own machine only");
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    error_code failure;
    acceptor_.bind(endpoint, failure);
    if (!failure) acceptor_.listen(asio::socket_base::max_listen_connections, failure);
    if (failure)
        throw std::runtime_error("can't listen on " + options.host + ":" + std::to_string(options.port) + ": " +
                                 failure.message());
}

}  // namespace

void serve(const server_options& options, dataset& data, const std::function<void(const std::string&)>& ready) {
    asio::io_context loop(1);
    asio::signal_set signals(loop, SIGINT, SIGTERM);
    signals.async_wait([&](const error_code& failure, int) {
        if (!failure) loop.stop();
    });
    entrance door(loop, options);
    service s{data, door.url(), {}, {}};
    s.troubles.set(options.initial);
    asio::co_spawn(loop, door.admit(&s), asio::detached);
    ready(s.base_url);
    loop.run();
}

}  // namespace upstream
