// The few rules of HTTP that a well-behaved site keeps: dates, validators and content negotiation. Pure functions.
#pragma once

#include <cstdint>
#include <ctime>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace upstream {

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7).
std::string http_date(std::time_t when);
/// Nothing for what is not in that form; such a header is ignored (RFC 9110 §13.1.3).
std::optional<std::time_t> parse_http_date(const std::string& text);

/// Whether an If-None-Match list names `etag`, by weak comparison, or is "*" (RFC 9110 §13.1.2).
bool names_etag(std::string_view if_none_match, std::string_view etag);

/// Whether an Accept-Encoding header allows gzip (RFC 9110 §12.5.3); without the header: no.
bool accepts_gzip(std::string_view accept_encoding);

/// The query's keys and values as they stand; the values this site takes need no percent-decoding.
std::map<std::string, std::string> parse_query(std::string_view query);

/// A whole decimal number, or nothing.
std::optional<std::uint64_t> to_number(std::string_view text);

}  // namespace upstream
