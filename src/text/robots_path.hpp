// Paths and patterns of robots.txt: RFC 9309 section 2.2.2 and 2.2.3.
#pragma once

#include <string>
#include <string_view>

namespace croft::text {

/// Path, parameters and query of a URL, without scheme, host and fragment; "/" when there is none.
std::string robots_path(std::string_view url);

/// Percent-encodes bytes outside ASCII and writes the digits of %xx in upper case.
std::string normalised_robots_path(std::string_view path);

/// Whether the pattern ("*" any bytes, "$" at its end the end) matches the start of the path. Both normalised.
/// The time is the product of the lengths at worst.
bool robots_pattern_matches(std::string_view pattern, std::string_view path);

}  // namespace croft::text
