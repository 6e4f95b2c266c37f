// The polite client behind http::site. The app owns one and hangs it into runtime::locals().client; every request of
// every task goes through it, so that limits hold for the app as a whole.
//
//     scrape::client client({.lookup = [&](std::string_view site) { return config.find_site(site); }});
//     scoped_local here(&runtime::inherited::client, &client);
//     auto answer = co_await api.get("/items");
//
// Must outlive the tasks that use it, and end before its loop. Loop thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "croft/http.hpp"
#include "net/http_client.hpp"

namespace croft::scrape {

/// How a client sends one try. Tests put a scripted upstream in its place.
using transport = std::function<task<http::response>(http::request, net::client_limits, std::string jar)>;

struct client_settings {
    /// The configured base URL of a site, if any.
    std::function<std::optional<std::string>(std::string_view site)> lookup = {};
    /// One line for the operator: an archive that can't be written, a host that asked for a pause.
    std::function<void(std::string)> log = {};
    /// Empty: the network.
    transport send = {};
    /// The number of the task run that the current task belongs to, for the archive.
    std::function<std::optional<std::int64_t>()> run = {};
    /// Of the jitter in pauses.
    std::uint64_t seed = 0;
};

struct host_stats {
    std::uint64_t requests = 0;  // tries that went out, robots.txt included
    std::uint64_t retries = 0;
    std::uint64_t failures = 0;  // requests given up
    std::uint64_t not_modified = 0;
    std::uint64_t bytes = 0;  // of bodies received
};

class client {
public:
    explicit client(client_settings settings = {});
    ~client();
    client(const client&) = delete;
    client& operator=(const client&) = delete;

    /// One request for `site`, with everything politeness asks. What http::site calls.
    task<http::answer> send(const http::site* site, http::request ask, http::request_options options);

    /// Counters since the start, by host ("site.example:443").
    const std::map<std::string, host_stats>& stats() const noexcept;

private:
    class engine;
    std::unique_ptr<engine> engine_;
};

}  // namespace croft::scrape
