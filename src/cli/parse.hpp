// From argv to the command that is meant and the settings that go with it. Main thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/command.hpp"

namespace croft::cli {

struct parsed_line {
    /// The command to run; null when everything has been said: --help, --version, or a mistake.
    command* chosen = nullptr;
    int code = done;                                         // where there is nothing to run
    std::optional<std::string> file;                         // --config
    std::vector<std::pair<std::string, std::string>> flags;  // settings, by key
    bool verbose = false;
};

/// Prints help, version or the one line of a mistake itself. `commands` gets the commands below them too, so that the
/// chosen one lives as long as it.
parsed_line parse(const std::string& program, int argc, char** argv, std::vector<std::unique_ptr<command>>& commands);

}  // namespace croft::cli
