#include "scrape/host.hpp"

#include <algorithm>

#include "net/ascii.hpp"

namespace croft::scrape {

namespace {

bool is_absolute(std::string_view url) noexcept {
    return net::same_name(url.substr(0, 7), "http://") || net::same_name(url.substr(0, 8), "https://");
}

}  // namespace

std::string host_key(const text::url& url) { return url.host() + ":" + std::to_string(url.effective_port()); }

bool is_loopback(const text::url& url) noexcept {
    const std::string_view host = url.host();
    return host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]";
}

duration spacing_for(const text::url& url, const http::site_options& options) noexcept {
    const double rate = options.per_second.value_or(is_loopback(url) ? 0 : 10);
    if (!(rate > 0)) return {};
    return std::chrono::duration_cast<duration>(std::chrono::duration<double>(std::min(1 / rate, 86'400.0)));
}

text::url absolute_url(const std::string& base, const std::string& path, const std::string& method) {
    std::string whole = path;
    if (!is_absolute(path)) {
        whole = base;
        while (whole.ends_with('/')) whole.pop_back();
        if (!path.empty() && path[0] != '/' && path[0] != '?') whole += '/';
        whole += path;
    }
    auto url = text::url::try_parse(whole);
    const auto refuse = [&](std::string reason) {
        throw http::error(
            http::failure_facts{.method = method, .url = whole, .reason = std::move(reason), .retry_after = {}});
    };
    if (!url) refuse("this is no URL: " + url.error().describe());
    if (!is_absolute(url->scheme() + "://") || url->host().empty())
        refuse("only http and https URLs with a host can be fetched");
    url->drop_fragment();
    return std::move(*url);
}

}  // namespace croft::scrape
