#include "net/redirect.hpp"

#include "net/ascii.hpp"
#include "text/url.hpp"

namespace croft::net {

namespace {

bool is_redirect(int status) noexcept {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_harmless(std::string_view name) noexcept {
    for (const std::string_view one : {"accept", "accept-encoding", "accept-language", "content-type", "user-agent"})
        if (same_name(name, one)) return true;
    return false;
}

void become_get(http::request& ask) {
    ask.method = "GET";
    ask.body.clear();
    ask.headers.erase("content-type");
}

}  // namespace

std::optional<http::request> redirected(const http::request& ask, const http::response& reply) {
    const bool followed = ask.method == "GET" || ask.method == "HEAD" || ask.method == "POST";
    const auto location = reply.headers.find("location");
    if (!is_redirect(reply.status) || !followed || !location) return std::nullopt;
    const auto from = text::url::try_parse(ask.url);
    if (!from) return std::nullopt;
    const auto target = from->resolve(*location);
    if (!target || (target->scheme() != "http" && target->scheme() != "https")) return std::nullopt;
    http::request next = ask;
    next.url = target->without_fragment();
    if (ask.method == "POST" && reply.status <= 303) become_get(next);
    if (from->origin() != target->origin()) {
        next.headers = {};
        for (const auto& [name, value] : ask.headers)
            if (is_harmless(name)) next.headers.add(name, value);
    }
    return next;
}

std::string without_password(const std::string& url) {
    const auto parts = text::url::try_parse(url);
    if (!parts || parts->user_info().empty()) return url;
    return parts->origin() + parts->target();
}

}  // namespace croft::net
