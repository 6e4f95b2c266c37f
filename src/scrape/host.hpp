// Hosts and origins of URLs, as limits are kept by them. Any thread.
#pragma once

#include <string>

#include "croft/http.hpp"
#include "text/url.hpp"

namespace croft::scrape {

/// "site.example:443": what limits and counters are kept by.
std::string host_key(const text::url& url);

/// localhost and its subdomains, 127.x.x.x and ::1: one's own machine, which needs no rate limit.
bool is_loopback(const text::url& url) noexcept;

/// How far apart two requests to that URL's host are kept.
duration spacing_for(const text::url& url, const http::site_options& options) noexcept;

/// `path` below `base`; an absolute http or https URL stays. Normalised, without a fragment. Throws http::error.
text::url absolute_url(const std::string& base, const std::string& path, const std::string& method);

}  // namespace croft::scrape
