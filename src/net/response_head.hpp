// The header of an answer as it goes over the wire. Loop thread only.
#pragma once

#include <optional>
#include <string>

#include "croft/http_message.hpp"

namespace croft::net {

/// How the reader knows where an answer ends, and what becomes of the connection.
struct framing {
    std::optional<std::size_t> length;  // Content-Length
    bool chunked = false;
    bool close = false;
    bool old_keep_alive = false;  // HTTP/1.0 has to be told that the connection stays
};

/// Appends status line, headers and the blank line. Framing is ours: what `reply` says of Content-Length,
/// Transfer-Encoding, Connection and Date is left out.
/// Throws croft::error when a header has a line break in it, which would let its author write a second answer.
void append_head(std::string& to, const http::response& reply, const framing& frame, std::string_view date);

/// 1xx, 204 and 304 have none (RFC 9110 §6.4.1).
constexpr bool may_have_body(int status) noexcept { return status >= 200 && status != 204 && status != 304; }

}  // namespace croft::net
