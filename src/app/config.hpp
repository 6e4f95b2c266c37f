// What the operator says: defaults that work, then a TOML file, then the environment, then flags; each later one wins.
// Every value knows where it came from, and a mistake is answered with its place and what would be right.
//
//     auto settings = app::load_config({.program = "almanac", .environment = app::process_environment()});
//     settings.listen.value;   // "127.0.0.1:8000"
//     settings.listen.from;    // "default", "croft.toml:3", "CROFT_LISTEN" or "--listen"
//
// A plain value; any thread.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "croft/error.hpp"

namespace croft::app {

/// A value and where it was set.
template <class T>
struct sourced {
    T value{};
    std::string from = "default";
};

struct config {
    std::string program = "app";
    sourced<std::string> database;                      // URL: "sqlite:almanac.db"
    sourced<std::string> synchronous{"full"};           // of SQLite: "full" or "normal"
    sourced<std::string> listen{"127.0.0.1:8000"};      // address and port
    sourced<bool> allow_remote;                         // to listen beyond loopback
    sourced<std::string> tasks{"*"};                    // patterns: "items.*,!items.slow"; "none"
    sourced<std::string> log{"info"};                   // least level that is logged
    std::map<std::string, sourced<std::string>> sites;  // base URLs of http::site, by name
    std::filesystem::path file;                         // the TOML file that was read; empty: there is none

    /// The configured base URL of a site, if any. Sites are told apart without regard to case and to "-" or "_".
    std::optional<std::string> site_url(std::string_view name) const;
};

struct config_inputs {
    std::string program = "app";
    std::filesystem::path folder = ".";    // where croft.toml is looked for
    std::optional<std::string> file = {};  // --config: must be there
    std::vector<std::pair<std::string, std::string>> environment = {};
    std::vector<std::pair<std::string, std::string>> flags = {};  // {"listen", "127.0.0.1:80"}, by the key's name
};

/// Throws config_error for what can't be read, isn't known or isn't right, naming the place.
config load_config(const config_inputs& inputs);

/// The variables of this process.
std::vector<std::pair<std::string, std::string>> process_environment();

/// Throws config_error when the address can be reached from other machines and the operator hasn't allowed that.
void require_allowed_address(const config& settings);

}  // namespace croft::app
