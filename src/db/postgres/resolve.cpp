#include "db/postgres/resolve.hpp"

#include <arpa/inet.h>
#include <netdb.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "croft/db_error.hpp"

namespace croft::db::postgres {
namespace {

using setting_list = std::vector<std::pair<std::string, std::string>>;

std::string value_of(const setting_list& settings, std::string_view keyword, const char* variable) {
    const auto found =
        std::ranges::find(settings, keyword, [](const auto& one) { return std::string_view(one.first); });
    if (found != settings.end()) return found->second;
    const char* const value = std::getenv(variable);
    return value ? value : "";
}

std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> parts;
    for (std::size_t from = 0; from <= list.size();) {
        const auto comma = std::min(list.find(',', from), list.size());
        parts.push_back(list.substr(from, comma - from));
        from = comma + 1;
    }
    return parts;
}

bool needs_lookup(const std::string& host) {
    unsigned char address[sizeof(in6_addr)];
    return !host.empty() && host[0] != '/' && host[0] != '@' && inet_pton(AF_INET, host.c_str(), address) != 1 &&
           inet_pton(AF_INET6, host.c_str(), address) != 1;
}

/// Blocks: for a worker thread.
std::vector<std::string> addresses_of(const std::string& host, const std::string& database) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    if (const int failure = getaddrinfo(host.c_str(), nullptr, &hints, &found); failure != 0)
        throw connection_error(database + ": the host \"" + host + "\" is not known: " + gai_strerror(failure));
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> guard(found, freeaddrinfo);
    std::vector<std::string> addresses;
    for (const auto* one = found; one; one = one->ai_next) {
        char text[NI_MAXHOST];
        if (getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0)
            addresses.emplace_back(text);
    }
    return addresses;
}

void append(std::string& list, const std::string& one, bool first) { list += (first ? "" : ",") + one; }

}  // namespace

task<setting_list> resolved(setting_list settings, std::string database) {
    const auto hosts = split(value_of(settings, "host", "PGHOST"));
    const auto ports = split(value_of(settings, "port", "PGPORT"));
    const bool elsewhere =
        !value_of(settings, "hostaddr", "PGHOSTADDR").empty() || !value_of(settings, "service", "PGSERVICE").empty();
    if (elsewhere || std::ranges::none_of(hosts, needs_lookup)) co_return settings;
    std::string host_list, address_list, port_list;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        std::vector<std::string> addresses{""};
        if (needs_lookup(hosts[i]))
            addresses = co_await offload([host = hosts[i], database] { return addresses_of(host, database); });
        for (const auto& address : addresses) {
            const bool first = host_list.empty() && address_list.empty();
            append(host_list, hosts[i], first);
            append(address_list, address, first);
            append(port_list, ports[ports.size() == hosts.size() ? i : 0], first);
        }
    }
    std::erase_if(settings, [](const auto& one) { return one.first == "host" || one.first == "port"; });
    settings.emplace_back("host", std::move(host_list));
    settings.emplace_back("hostaddr", std::move(address_list));
    settings.emplace_back("port", std::move(port_list));
    co_return settings;
}

}  // namespace croft::db::postgres
