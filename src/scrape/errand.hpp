// One request of a site's, with all that is decided before the first try. Loop thread only.
#pragma once

#include "croft/http.hpp"
#include "net/http_client.hpp"
#include "text/url.hpp"

namespace croft::scrape {

struct errand {
    const http::site* site;
    http::request ask;  // absolute URL, all headers
    text::url url;
    http::request_options options;
    net::client_limits limits;
    std::string agent;
    int tries = 1;  // at most
    /// When trying again ends; set when the first try goes out, as waiting in line isn't trying. Monotonic.
    std::optional<duration> give_up_at;

    bool may_repeat() const noexcept { return ask.method == "GET" || ask.method == "HEAD"; }
    /// Whether an answer kept from before may take part: a plain GET with nothing special about it.
    bool may_be_kept() const noexcept {
        return site->options().archive && ask.method == "GET" && ask.body.empty() && options.headers.empty();
    }
};

/// `base`: the site's configured or declared URL. Throws http::error for what is no http URL.
errand prepare(const http::site& site, const std::string& base, http::request ask, http::request_options options);

}  // namespace croft::scrape
