// A PostgreSQL server of the test's own, which it may stop and start:
//
//     if (!test::own_server::possible()) GTEST_SKIP() << test::no_server;
//     const test::own_server server;
//     server.run("stop", "immediate");      // as a crash would
//     server.run("start");
#pragma once

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "support/engines.hpp"

namespace croft::test {

class own_server {
public:
    static bool possible() { return !environment("CROFT_TEST_POSTGRES_SERVER").empty(); }

    own_server() {
        std::filesystem::permissions(here_.path, std::filesystem::perms::all);  // it may belong to another user
        run("create");
        run("start");
        url = output("url");
        tcp_url = output("tcp-url");
        root = output("root");
    }
    own_server(const own_server&) = delete;
    own_server& operator=(const own_server&) = delete;
    ~own_server() { (void)std::system((program_ + " stop " + folder_ + " immediate").c_str()); }
    void run(const std::string& what, const std::string& how = "") const {
        if (std::system((program_ + " " + what + " " + folder_ + " " + how).c_str()) != 0)
            throw std::runtime_error("the test's server: " + what + " failed");
    }
    /// For its next start.
    void configure(const std::string& line) const {
        std::ofstream(folder_ + "/data/postgresql.conf", std::ios::app) << line << "\n";
    }
    std::string url, tcp_url, root;

private:
    std::string output(const std::string& what) const {
        const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen((program_ + " " + what + " " + folder_).c_str(), "r"),
                                                         pclose);
        char text[1000]{};
        if (!fgets(text, sizeof text, pipe.get())) return "";
        std::string line = text;
        line.pop_back();
        return line;
    }
    temporary_directory here_;
    std::string program_ = environment("CROFT_TEST_POSTGRES_SERVER"), folder_ = here_.file("server");
};

}  // namespace croft::test
