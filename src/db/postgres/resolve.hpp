// Host names looked up off the loop: libpq would wait for the name server on it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "croft/task.hpp"

namespace croft::db::postgres {

/// The settings for a connection with the addresses of its hosts added (hostaddr), several for a host that has several.
/// Addresses, sockets and what is in a service file stay as they are. Throws connection_error naming the host.
task<std::vector<std::pair<std::string, std::string>>> resolved(
    std::vector<std::pair<std::string, std::string>> settings, std::string database);

}  // namespace croft::db::postgres
