#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <filesystem>

#include "cli/parse.hpp"
#include "croft/app.hpp"
#include "croft/log.hpp"

namespace croft {
namespace {

int code_of(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const cli::command_error& wrong) {
        return wrong.code();
    } catch (const config_error&) {
        return cli::unusable;
    } catch (...) {
        return cli::failed;
    }
}

int report(const std::string& program, bool verbose) {
    const auto failure = std::current_exception();
    std::string line = describe(failure, verbose);
    for (char& c : line)
        if (c == '\n' || c == '\r') c = ' ';
    fmt::print(stderr, "{}: {}\n", program, line);
    return code_of(failure);
}

int run_command(const std::string& program, int argc, char** argv) {
    bool verbose = false;
    try {
        auto commands = cli::all_commands();
        const auto line = cli::parse(program, argc, argv, commands);
        if (!line.chosen) return line.code;
        verbose = line.verbose;
        const auto settings = app::load_config(
            {.program = program, .file = line.file, .environment = app::process_environment(), .flags = line.flags});
        log::set_level(settings.log.value);
        return line.chosen->run({settings, verbose});
    } catch (...) {
        return report(program, verbose);
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // a reader that has gone is an error code of write(), not the end of the program
    const std::string program = argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "app";
    const int code = run_command(program, argc, argv);
    if (std::fflush(stdout) != 0 && code == cli::done) return cli::failed;
    return code;
}

}  // namespace croft
