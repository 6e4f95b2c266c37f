// The Retry-After header (RFC 9110 §10.2.3). Any thread.
#pragma once

#include <optional>

#include "croft/http_message.hpp"
#include "croft/time.hpp"

namespace croft::scrape {

/// How long the source wants to be left alone, from `now`; never negative, a day at most. Seconds or an HTTP date;
/// nothing when the header is missing or makes no sense.
std::optional<duration> retry_after(const http::response& reply, time_point now);

}  // namespace croft::scrape
