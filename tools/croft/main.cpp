#include <fmt/format.h>

#include "blades.hpp"
#include "croft/error.hpp"

namespace {

struct blade {
    const char* name;
    const char* help;
    int (*run)(const std::vector<std::string>&);
};
constexpr blade blades[] = {{"cron", "explain a cron expression, list its next times, test a time", croft::tool::cron}};

int help(std::FILE* to, int code) {
    fmt::print(to, "croft COMMAND …: tools for people who write Croft apps\n");
    for (const auto& one : blades) fmt::print(to, "  {:<8} {}\n", one.name, one.help);
    return code;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.empty()) return help(stderr, 2);
    if (words[0] == "--help" || words[0] == "help") return help(stdout, 0);
    for (const auto& one : blades) {
        if (words[0] != one.name) continue;
        try {
            return one.run({words.begin() + 1, words.end()});
        } catch (const croft::error& failure) {
            fmt::print(stderr, "croft {}: {}\n", one.name, failure.what());
            return 2;
        }
    }
    return help(stderr, 2);
}
