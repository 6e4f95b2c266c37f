// What to ask next when an answer says that the thing is elsewhere. Any thread.
#pragma once

#include <optional>

#include "croft/http_message.hpp"

namespace croft::net {

/// The request that follows `reply` to `ask`; nothing when it is no redirect that may be followed: no Location, a
/// scheme other than http and https, or a method other than GET, HEAD and POST (RFC 9110 §15.4). POST becomes GET after
/// 301, 302 and 303. At another origin only harmless headers are sent: an API key may be in any.
std::optional<http::request> redirected(const http::request& ask, const http::response& reply);

/// Without user name and password: for messages and logs. A text that is no URL stays as it is.
std::string without_password(const std::string& url);

}  // namespace croft::net
