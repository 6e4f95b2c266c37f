// The TOML file:
//
//     database = "sqlite:/var/lib/almanac/almanac.db"
//     listen = "127.0.0.1:8000"
//     tasks = ["items.*", "!items.slow"]
//     log = "info"
//
//     [site.api]
//     url = "https://api.example"
#pragma once

#include "app/config.hpp"

namespace croft::app {

/// Reads the file into `into`. Throws config_error "croft.toml:3: …".
void read_config_file(config& into, const std::filesystem::path& file);

}  // namespace croft::app
