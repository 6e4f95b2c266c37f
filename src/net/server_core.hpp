// What the connections of one http_server share. Loop thread only.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "net/gzip.hpp"
#include "net/http_server.hpp"
#include "runtime/loop.hpp"

namespace croft::net {

struct server_core {
    http_server::handler answer;
    server_limits limits;
    std::function<void(std::string)> log = [](const std::string&) {};
    runtime::inherited locals;  // what handlers find as theirs: those of the task that made the server
    runtime::links connections;
    std::size_t open = 0;
    bool stopping = false;
    event all_closed;  // set when stopping and the last connection has gone
    gzip_packer gzip;

    /// The value of the Date header; made once a second.
    std::string_view date();
    /// Eight hex digits that an answer and the log have in common.
    std::string error_id();

private:
    std::chrono::sys_seconds date_at_{std::chrono::seconds::min()};
    std::string date_;
    std::uint64_t last_id_ = 0;
};

}  // namespace croft::net
