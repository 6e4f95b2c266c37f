// Dates of HTTP headers (RFC 9110 §5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT". Any thread.
#pragma once

#include <string>
#include <string_view>

#include "croft/time.hpp"

namespace croft::net {

/// As IMF-fixdate, in whole seconds. For the years 0000 to 9999.
std::string to_http_date(time_point t);

/// Reads IMF-fixdate and the two obsolete forms (RFC 850, asctime). A two-digit year that would lie more than 50 years
/// after `reference` is of the century before. The name of the day isn't compared with the date.
parsed<time_point> parse_http_date(std::string_view text, time_point reference);

}  // namespace croft::net
