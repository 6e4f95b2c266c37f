#include "net/http_server.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <list>

#include "net/connection.hpp"
#include "net/listen_address.hpp"
#include "net/server_core.hpp"

namespace croft::net {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::string_view full_house =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

[[noreturn]] void refuse(const std::string& address, const error_code& failure) {
    std::string remedy = failure.message();
    if (failure == boost::asio::error::address_in_use)
        remedy = "another program listens there already; stop it, or choose another port (0 takes a free one)";
    else if (failure == boost::asio::error::access_denied)
        remedy = "ports below 1024 are for privileged users; choose a higher one";
    else if (failure == error_code(EADDRNOTAVAIL, boost::system::system_category()))
        remedy = "this machine has no such address; 127.0.0.1 is always there";
    throw config_error("can't listen on " + address + ": " + remedy);
}

/// One connection, and nothing of it may reach the others: a failure here would cancel their group.
task<> serve(tcp::socket socket, server_core* core) {
    runtime::locals() = core->locals;
    std::string reason;
    try {
        connection one(std::move(socket), *core);
        co_await one.run();
    } catch (...) {
        reason = describe(std::current_exception(), true);
    }
    if (!reason.empty()) core->log("a connection ended: " + reason);
}

}  // namespace

class http_server::engine : public std::enable_shared_from_this<engine> {
public:
    engine(handler answer, server_limits limits) : io_(runtime::loop::current().io()), sweep_(io_) {
        core_.answer = std::move(answer);
        core_.limits = limits;
        if (runtime::here.current) core_.locals = runtime::locals();
    }

    server_core& core() noexcept { return core_; }

    void listen(const std::string& text) {
        const auto address = parse_listen_address(text);
        auto& door = doors_.emplace_back(io_);
        error_code failure;
        const auto step = [&](auto what) {
            if (!failure) what();
        };
        step([&] { door.open(address.protocol(), failure); });
        step([&] { door.set_option(tcp::acceptor::reuse_address(true), failure); });
        step([&] { door.bind(address, failure); });
        step([&] { door.listen(boost::asio::socket_base::max_listen_connections, failure); });
        if (failure) {
            doors_.pop_back();
            refuse(to_text(address), failure);
        }
        accept(door);
    }

    std::uint16_t port() const noexcept {
        error_code ignored;
        return doors_.empty() ? 0 : doors_.front().local_endpoint(ignored).port();
    }

    task<> stop(duration grace) {
        core_.stopping = true;
        doors_.clear();
        for (auto* node = core_.connections.next; node != &core_.connections;) {
            auto& one = static_cast<connection&>(*node);
            node = node->next;
            one.finish();
        }
        if (core_.open > 0) co_await core_.all_closed.wait_for(grace);
        tasks_.cancel();
        co_await tasks_.wait();
    }

private:
    // Accepting happens outside of any task: a connection's task must not count as the child of one that ends first.
    void accept(tcp::acceptor& door) {
        door.async_accept([self = weak_from_this(), &door](const error_code& failure, tcp::socket socket) {
            const auto here = self.lock();
            if (!here || failure == boost::asio::error::operation_aborted || here->core_.stopping) return;
            if (failure) return here->accept_later(door, failure);
            here->welcome(std::move(socket));
            here->accept(door);
        });
    }

    /// No file descriptors left, most likely: trying again at once would spin.
    void accept_later(tcp::acceptor& door, const error_code& failure) {
        core_.log("can't accept connections at the moment: " + failure.message());
        auto pause = std::make_shared<boost::asio::steady_timer>(io_, std::chrono::milliseconds(200));
        pause->async_wait([self = weak_from_this(), pause, &door](const error_code&) {
            if (const auto here = self.lock(); here && !here->core_.stopping) here->accept(door);
        });
    }

    void welcome(tcp::socket socket) {
        if (tasks_.size() >= core_.limits.connections) {
            error_code ignored;
            socket.non_blocking(true, ignored);
            socket.write_some(boost::asio::buffer(full_house), ignored);
            socket.shutdown(tcp::socket::shutdown_both, ignored);
            return;
        }
        tasks_.spawn(serve(std::move(socket), &core_));
        if (!std::exchange(sweeping_, true)) sweep();
    }

    /// One timer for all connections: arming one for each wait would cost more than the wait's own work.
    void sweep() {
        const auto& limits = core_.limits;
        const auto shortest = std::min({limits.request_timeout, limits.idle_timeout, limits.write_timeout});
        sweep_.expires_after(std::clamp<duration>(shortest / 4, 5ms, 1s));
        sweep_.async_wait([self = weak_from_this()](const error_code& failure) {
            const auto here = self.lock();
            if (!here || failure) return;
            const auto now = std::chrono::steady_clock::now();
            auto& all = here->core_.connections;
            for (auto* node = all.next; node != &all; node = node->next) static_cast<connection&>(*node).check(now);
            if (here->tasks_.size() > 0)
                here->sweep();
            else
                here->sweeping_ = false;
        });
    }

    boost::asio::io_context& io_;
    server_core core_;
    std::list<tcp::acceptor> doors_;
    boost::asio::steady_timer sweep_;
    bool sweeping_ = false;
    group tasks_;  // last: its tasks use everything above
};

http_server::http_server(handler answer, server_limits limits)
    : engine_(std::make_shared<engine>(std::move(answer), limits)) {}
http_server::~http_server() = default;

void http_server::on_error(std::function<void(std::string)> log) { engine_->core().log = std::move(log); }
void http_server::listen(const std::string& address) { engine_->listen(address); }
std::uint16_t http_server::port() const noexcept { return engine_->port(); }
task<> http_server::stop(duration grace) { return engine_->stop(grace); }
std::size_t http_server::connections() const noexcept { return engine_->core().open; }

}  // namespace croft::net
