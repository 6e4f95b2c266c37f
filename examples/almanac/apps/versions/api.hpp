#pragma once

#include <croft/http.hpp>

/// The game's public API; elsewhere: CROFT_SITE_API=https://….
inline const croft::http::site api("api", "http://127.0.0.1:8001");
