#include "scrape/errand.hpp"

#include <algorithm>

#include "scrape/host.hpp"

namespace croft::scrape {

namespace {

void set_all(http::header_list& to, const http::header_list& from) {
    for (const auto& [name, value] : from) to.set(name, value);
}

std::string default_agent(const http::site_options& options) {
    return options.contact.empty() ? "Croft/0.1" : "Croft/0.1 (+" + options.contact + ")";
}

}  // namespace

errand prepare(const http::site& site, const std::string& base, http::request ask, http::request_options options) {
    auto url = absolute_url(base, ask.url, ask.method);
    http::header_list headers{{"User-Agent", default_agent(site.options())}};
    if (url.origin() == absolute_url(base, "", ask.method).origin()) set_all(headers, site.options().headers);
    set_all(headers, ask.headers);
    set_all(headers, options.headers);
    ask.headers = std::move(headers);
    ask.url = url.text();
    net::client_limits limits;
    limits.timeout = options.timeout.value_or(site.options().timeout);
    limits.max_body = options.max_body.value_or(site.options().max_body);
    limits.max_redirects = 0;  // every hop is a request of its own here: another host, another robots.txt
    errand made{.site = &site,
                .ask = std::move(ask),
                .url = std::move(url),
                .options = std::move(options),
                .limits = limits,
                .agent = {},
                .give_up_at = {}};
    made.agent = made.ask.headers["user-agent"];
    made.tries = std::max(1, made.options.tries.value_or(site.options().tries));
    return made;
}

}  // namespace croft::scrape
