#include "net/listen_address.hpp"

#include <boost/asio/io_context.hpp>
#include <charconv>

#include "croft/error.hpp"

namespace croft::net {

using boost::asio::ip::tcp;

namespace {

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
    throw config_error("can't listen on '" + text + "': " + why +
                       "; right would be \"127.0.0.1:8000\", \"[::1]:8000\" or \"0.0.0.0:80\"");
}

boost::asio::ip::address look_up(const std::string& text, const std::string& host) {
    boost::asio::io_context io;
    tcp::resolver resolver(io);
    boost::system::error_code failure;
    const auto found = resolver.resolve(host, "", failure);
    if (failure || found.empty()) refuse(text, "there is no host '" + host + "'");
    for (const auto& entry : found)
        if (entry.endpoint().address().is_v4()) return entry.endpoint().address();
    return found.begin()->endpoint().address();
}

}  // namespace

tcp::endpoint parse_listen_address(const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == text.npos) refuse(text, "there is no port");
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, fault] = std::from_chars(text.data() + colon + 1, end, port);
    if (fault != std::errc() || stopped != end) refuse(text, "the port must be a number from 0 to 65535");
    std::string host = text.substr(0, colon);
    if (host.empty()) host = "0.0.0.0";
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (!bracketed && host.find(':') != host.npos) refuse(text, "an IPv6 address stands in brackets");
    boost::system::error_code failure;
    const auto address = boost::asio::ip::make_address(host, failure);
    if (!failure) return {address, port};
    if (bracketed) refuse(text, "'" + host + "' is no IPv6 address");
    return {look_up(text, host), port};
}

std::string to_text(const tcp::endpoint& address) {
    const auto host = address.address().to_string();
    return (address.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(address.port());
}

}  // namespace croft::net
