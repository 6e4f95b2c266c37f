#include "app/stop_signals.hpp"

#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "runtime/loop.hpp"

namespace croft::app {

struct stop_signals::inside {
    boost::asio::signal_set set{runtime::loop::current().io(), SIGINT, SIGTERM};
};

stop_signals::stop_signals() : inside_(std::make_unique<inside>()) {
    inside_->set.async_wait([this](const boost::system::error_code& failure, int) {
        if (failure) return;   // this object is gone
        inside_->set.clear();  // the default action again: the next signal ends the process
        asked_.set();
    });
}

stop_signals::~stop_signals() = default;

}  // namespace croft::app
