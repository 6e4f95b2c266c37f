#include "app/config_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/secret.hpp"
#include "db/url.hpp"
#include "net/listen_address.hpp"

namespace croft::app {
namespace {

void set_database(config& into, std::string value, std::string from) {
    db::read_url(value, "");
    into.database = {std::move(value), std::move(from)};
}

void set_synchronous(config& into, std::string value, std::string from) {
    if (value != "full" && value != "normal") throw config_error(fmt::format("is \"{}\"; it is full or normal", value));
    into.synchronous = {std::move(value), std::move(from)};
}

void set_listen(config& into, std::string value, std::string from) {
    net::parse_listen_address(value);
    into.listen = {std::move(value), std::move(from)};
}

void set_allow_remote(config& into, std::string value, std::string from) {
    if (value == "1" || value == "true")
        into.allow_remote = {true, std::move(from)};
    else if (value == "0" || value == "false")
        into.allow_remote = {false, std::move(from)};
    else
        throw config_error(fmt::format("is \"{}\"; it is true (1) or false (0)", value));
}

bool is_pattern(std::string_view text) {
    if (text.starts_with('!')) text.remove_prefix(1);
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
               c == '*' || c == '?' || c == '-' || c == ':';
    });
}

void set_tasks(config& into, std::string value, std::string from) {
    for (std::size_t at = 0; at <= value.size();) {
        const auto comma = std::min(value.find(',', at), value.size());
        std::string_view pattern = std::string_view(value).substr(at, comma - at);
        while (pattern.starts_with(' ')) pattern.remove_prefix(1);
        while (pattern.ends_with(' ')) pattern.remove_suffix(1);
        if (!is_pattern(pattern))
            throw config_error(
                fmt::format("has the pattern \"{}\"; it is a list such as items.*,!items.slow, or none", pattern));
        at = comma + 1;
    }
    into.tasks = {std::move(value), std::move(from)};
}

constexpr std::array<std::string_view, 5> levels = {"debug", "info", "warn", "error", "off"};

void set_log(config& into, std::string value, std::string from) {
    if (std::ranges::count(levels, value) == 0)
        throw config_error(fmt::format("is \"{}\"; it is one of {}", value, fmt::join(levels, ", ")));
    into.log = {std::move(value), std::move(from)};
}

constexpr config_key table[] = {
    {"database", "CROFT_DATABASE", "URL",
     "where the data is: sqlite:FILE or postgresql://… (default: sqlite:<program>.db)", set_database,
     [](const config& c) { return sourced<std::string>{without_password(c.database.value), c.database.from}; }},
    {"synchronous", "CROFT_SYNCHRONOUS", "MODE",
     "SQLite waits for the disk at every commit (full, the default), or now and then (normal): faster, but a power cut "
     "may lose the last commits",
     set_synchronous, [](const config& c) { return c.synchronous; }},
    {"listen", "CROFT_LISTEN", "ADDRESS:PORT", "where to serve (default: 127.0.0.1:8000)", set_listen,
     [](const config& c) { return c.listen; }},
    {"allow_remote", "CROFT_ALLOW_REMOTE", "", "listen beyond this machine if the address says so", set_allow_remote,
     [](const config& c) {
         return sourced<std::string>{c.allow_remote.value ? "true" : "false", c.allow_remote.from};
     }},
    {"tasks", "CROFT_TASKS", "PATTERNS", "which tasks run by themselves: items.*,!items.slow; none (default: *)",
     set_tasks, [](const config& c) { return c.tasks; }},
    {"log", "CROFT_LOG", "LEVEL", "what is logged: debug, info, warn, error, off (default: info)", set_log,
     [](const config& c) { return c.log; }},
};

}  // namespace

std::span<const config_key> config_keys() { return table; }

const config_key* find_config_key(std::string_view name) {
    const auto found = std::ranges::find(table, name, &config_key::name);
    return found == std::ranges::end(table) ? nullptr : found;
}

std::string flag_of(const config_key& key) {
    std::string flag = "--" + std::string(key.name);
    std::ranges::replace(flag, '_', '-');
    return flag;
}

std::string site_key(std::string_view name) {
    std::string key(name);
    for (char& c : key) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '-') c = '_';
    }
    return key;
}

void set_site_url(config& into, std::string_view site, std::string url, std::string from) {
    const auto host = url.starts_with("http://") ? 7u : url.starts_with("https://") ? 8u : 0u;
    if (host == 0 || url.size() == host)
        throw config_error(
            fmt::format("is \"{}\"; it is the URL that the site's paths are appended to, such as "
                        "https://api.example",
                        without_password(url)));
    into.sites[site_key(site)] = {std::move(url), std::move(from)};
}

}  // namespace croft::app
