// What a command can be given: flags, options, positional arguments. A thin face before the argument parser, so that
// one file of the library compiles it and the others don't.
//
//     void declare(arguments& args) override { args.flag("--plan", plan_, "print the SQL and change nothing"); }
//
// The references must live until the command has run. Main thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace croft::cli {

class arguments {
public:
    arguments() = default;
    arguments(const arguments&) = delete;
    arguments& operator=(const arguments&) = delete;

    virtual void flag(std::string_view name, bool& into, std::string_view help) = 0;
    virtual void option(std::string_view name, std::optional<std::string>& into, std::string_view metavar,
                        std::string_view help) = 0;
    /// Each time it is given, one more.
    virtual void list(std::string_view name, std::vector<std::string>& into, std::string_view metavar,
                      std::string_view help) = 0;
    /// In the order in which they are declared.
    virtual void positional(std::string_view name, std::string& into, std::string_view help) = 0;
    virtual void optional_positional(std::string_view name, std::optional<std::string>& into,
                                     std::string_view help) = 0;
    /// All that are left.
    virtual void rest(std::string_view name, std::vector<std::string>& into, std::string_view help) = 0;

protected:
    ~arguments() = default;
};

}  // namespace croft::cli
