// "127.0.0.1:8000" taken apart. Any thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>

namespace croft::net {

/// "127.0.0.1:8000", "[::1]:8000", "localhost:8000", ":8000" (all IPv4 addresses). A name is looked up, which may
/// block: meant for start-up. Throws config_error that shows the right form.
boost::asio::ip::tcp::endpoint parse_listen_address(const std::string& text);

/// "127.0.0.1:8000", "[::1]:8000".
std::string to_text(const boost::asio::ip::tcp::endpoint& address);

}  // namespace croft::net
