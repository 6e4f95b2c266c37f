// The blades of the `croft` command: one file each, listed in main.cpp. Each gets what stands behind its name, prints
// to stdout, and gives the exit code (2: the arguments can't be used). They use the library's parsers, not an app.
#pragma once

#include <string>
#include <vector>

namespace croft::tool {

int cron(const std::vector<std::string>& arguments);  // cron.cpp

}  // namespace croft::tool
