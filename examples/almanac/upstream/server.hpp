// HTTP/1.1 on one loopback port, many connections at once on one thread: asks the site, lets mischief have its way,
// counts.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "dataset.hpp"
#include "mode.hpp"

namespace upstream {

struct server_options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8001;  // 0: any free one
    mode initial;
};

/// Serves until SIGINT or SIGTERM. `ready` is called with the base URL once connections are taken. Throws
/// std::runtime_error when the address is no loopback address or is taken.
void serve(const server_options& options, dataset& data, const std::function<void(const std::string&)>& ready);

}  // namespace upstream
