// Moments, as somebody at a terminal writes them. Any thread.
#pragma once

#include <string>

#include "croft/time.hpp"

namespace croft::cli {

/// "2026-03-01T12:00Z", "2026-03-01" (its beginning, UTC), or how long ago: "90s", "15min", "2h", "3d", "1w". Throws
/// command_error that shows these forms.
time_point parse_when(const std::string& text, time_point now);

/// "90s", "15min", "2h", "3d", "1w". Throws command_error.
duration parse_span(const std::string& text);

}  // namespace croft::cli
