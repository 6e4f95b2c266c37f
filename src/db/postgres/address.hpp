// Where a server is and who asks: a URL as libpq understands it, with all that its documentation says of them (section
// "Connection URIs": TLS, several hosts, Unix sockets by host=/…, a passfile), and its environment variables (PGHOST
// …).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "db/database.hpp"

namespace croft::db::postgres {

struct address {
    std::string name;                                           // the URL without its secrets: for messages
    std::vector<std::pair<std::string, std::string>> settings;  // libpq's keywords and their values, secrets too
    duration connect_timeout;
};

/// Reads a postgresql:// or postgres:// URL. Throws config_error, which doesn't show the URL: who can say where in a
/// malformed one the password is.
address read_address(const std::string& url, const options& tuning);

}  // namespace croft::db::postgres
