// The settings there are: one row each, used alike for the file, the environment, the flags and `check`. Any thread.
#pragma once

#include <functional>
#include <span>

#include "app/config.hpp"

namespace croft::app {

struct config_key {
    std::string_view name;      // in the file; the flag is "--" and the name with "-"
    std::string_view variable;  // in the environment
    std::string_view metavar;   // of the flag's value; empty: the flag has none
    std::string_view help;
    /// Checks and stores. Throws config_error that says what would be right, without the place.
    void (*set)(config& into, std::string value, std::string from);
    /// As `check` shows it, without secrets; and where it came from.
    sourced<std::string> (*show)(const config& from);
};

std::span<const config_key> config_keys();
/// Null when there is none of that name.
const config_key* find_config_key(std::string_view name);
/// "--allow-remote" for allow_remote.
std::string flag_of(const config_key& key);

/// Sets the base URL of a site. Throws config_error that says what would be right, without the place.
void set_site_url(config& into, std::string_view site, std::string url, std::string from);
/// "My-API" -> "my_api".
std::string site_key(std::string_view name);

}  // namespace croft::app
