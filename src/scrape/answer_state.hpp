// What stands behind an http::answer. Loop thread only.
#pragma once

#include <optional>
#include <string>

#include "croft/http.hpp"

namespace croft::http {

struct answer::state {
    std::string method;
    response reply;
    int tries = 1;
    std::optional<duration> retry_after;
    bool not_modified = false;
    std::string payload;
    // What was asked of it so far:
    bool status_seen = false;
    std::optional<croft::json> parsed;
};

}  // namespace croft::http
