// conformance SUITE: answers one JSON case a line from standard input with one JSON line on standard output, so that
// cases recorded from other implementations can be put to Croft. Exit 2: no such suite.
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <string>

#include "suite.hpp"

namespace {

using registry = std::map<std::string, conformance::answer_fn, std::less<>>;

registry& suites() {
    static registry all;  // on first use: suites register before main, in no known order
    return all;
}

std::string answer(conformance::answer_fn fn, const std::string& line) {
    try {
        return fn(croft::json::parse(line, "case"));
    } catch (const std::exception& e) {
        return croft::json::object({{"error", e.what()}}).dump();
    }
}

}  // namespace

conformance::suite::suite(const char* name, answer_fn fn) { suites().emplace(name, fn); }

int main(int argc, char** argv) {
    const auto found = argc == 2 ? suites().find(argv[1]) : suites().end();
    if (found == suites().end()) {
        std::cerr << "usage: conformance SUITE < cases > answers; the suites:";
        for (const auto& [name, fn] : suites()) std::cerr << ' ' << name;
        std::cerr << '\n';
        return 2;
    }
    for (std::string line; std::getline(std::cin, line);) std::cout << answer(found->second, line) << std::endl;
    return 0;
}
