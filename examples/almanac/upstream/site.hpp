// The site itself: which path answers what, by the rules of HTTP, without any misbehaviour. Knows no sockets.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataset.hpp"
#include "document.hpp"

namespace upstream {

struct request {
    std::string method;
    std::string path;  // without the query
    std::map<std::string, std::string> query;
    std::string if_none_match, if_modified_since, accept_encoding;  // empty: not sent
    std::string base_url;                                           // of this site: "http://127.0.0.1:8001"

    bool conditional() const { return !if_none_match.empty() || !if_modified_since.empty(); }
};

struct reply {
    unsigned status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

reply answer(const request& asked, dataset& data);

/// {"error": "…"}: the form of every refusal. `message` must need no escaping.
reply refusal(unsigned status, const std::string& message);

}  // namespace upstream
