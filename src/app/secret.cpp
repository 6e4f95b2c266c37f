#include "app/secret.hpp"

#include <algorithm>

namespace croft::app {
namespace {

constexpr std::string_view mask = "***";

/// The password of "scheme://user:password@host".
void hide_user_password(std::string& url) {
    const auto scheme = url.find("://");
    if (scheme == std::string::npos) return;
    const auto start = scheme + 3;
    const auto authority = url.substr(start, url.find_first_of("/?", start) - start);
    const auto at = authority.rfind('@');
    const auto colon = authority.find(':');
    if (at == std::string::npos || colon > at) return;
    url.replace(start + colon + 1, at - colon - 1, mask);
}

void hide_parameter(std::string& url, std::string_view name) {
    const auto query = url.find('?');
    for (auto at = query; at != std::string::npos; at = url.find('&', at + 1)) {
        const auto value = at + 1 + name.size() + 1;
        if (url.compare(at + 1, name.size(), name) != 0 || value > url.size() || url[value - 1] != '=') continue;
        url.replace(value, std::min(url.find_first_of("&#", value), url.size()) - value, mask);
    }
}

}  // namespace

std::string without_password(std::string_view url) {
    std::string shown(url);
    hide_user_password(shown);
    for (const std::string_view name : {"password", "sslpassword", "token", "key", "api_key", "access_token"})
        hide_parameter(shown, name);
    return shown;
}

}  // namespace croft::app
