#include "app/host_check.hpp"

#include <algorithm>

namespace croft::app {
namespace {

/// "[::1]:8000" -> "[::1]", "localhost:8000" -> "localhost"
std::string_view without_port(std::string_view host) {
    const auto bracket = host.rfind(']');
    const auto colon = host.rfind(':');
    if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) return host;
    return host.substr(0, colon);
}

bool same(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

bool is_own_host(std::string_view host, std::string_view listen) {
    if (host.empty()) return true;
    host = without_port(host);
    for (const std::string_view own : {"localhost", "127.0.0.1", "[::1]"})
        if (same(host, own)) return true;
    const auto configured = without_port(listen);
    return !configured.empty() && same(host, configured);
}

}  // namespace croft::app
