#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

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
    std::fputs(fmt::format("{}: {}\n", program, line).c_str(), stderr);  // fmt::print would throw where it can't
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

/// Else the next file that is opened, a database say, would be what is printed to.
void take_closed_streams() {
    int taken = 0;
    while (taken >= 0 && taken <= STDERR_FILENO) taken = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (taken >= 0) close(taken);
}

}  // namespace

int main(int argc, char** argv) {
    take_closed_streams();
    std::signal(SIGPIPE, SIG_IGN);  // a reader that has gone is an error code of write(), not the end of the program
    const std::string program = argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "app";
    const int code = run_command(program, argc, argv);
    const bool printed = std::fflush(stdout) == 0 && !std::ferror(stdout);  // an earlier flush may have failed
    return code == cli::done && !printed ? cli::failed : code;
}

}  // namespace croft
