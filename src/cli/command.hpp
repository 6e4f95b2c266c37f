// A command of the program: one file each, listed in commands.cpp.
//
//     class greet final : public command {
//         std::string_view name() const override { return "greet"; }
//         std::string_view help() const override { return "say hello"; }
//         int run(const context& now) override { fmt::print("hello from {}\n", now.settings.program); return done; }
//     };
//
// A command throws what went wrong: it becomes one line on stderr (the chain of causes with --verbose) and an exit
// code. Results go to stdout, everything else to stderr. Main thread.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "app/config.hpp"
#include "cli/arguments.hpp"

namespace croft::cli {

inline constexpr int done = 0, failed = 1, unusable = 2;  // exit codes; unusable: arguments or configuration

/// A failure that the user can mend: its message is all they need to see.
class command_error : public error {
public:
    explicit command_error(const std::string& message, int code = failed) : error(message), code_(code) {}
    int code() const noexcept { return code_; }

private:
    int code_;
};

struct context {
    const app::config& settings;
    bool verbose = false;
};

class command {
public:
    command() = default;
    command(const command&) = delete;
    command& operator=(const command&) = delete;
    virtual ~command() = default;

    virtual std::string_view name() const = 0;
    /// One line, in the imperative.
    virtual std::string_view help() const = 0;
    virtual void declare(arguments&) {}
    /// Commands below this one: `tasks run`.
    virtual std::vector<std::unique_ptr<command>> children() { return {}; }
    /// Gives the exit code.
    virtual int run(const context& now) = 0;
};

/// Every command of the program, in the order of the help.
std::vector<std::unique_ptr<command>> all_commands();

}  // namespace croft::cli
