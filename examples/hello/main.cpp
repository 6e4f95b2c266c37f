// A whole Croft program: once a minute it looks how busy this machine is, keeps every change, and serves it as GraphQL.
//
//     hello run                          then open http://127.0.0.1:8000/graphql
//     hello history Machine "$(hostname)"
#include <unistd.h>

#include <croft/croft.hpp>
#include <cstdlib>

using namespace croft;

struct Machine {
    std::int64_t id = 0;
    std::string name;
    double load = 0;  // programs that ran or wanted to, averaged over the last minute
    modified_at seen;
};
CROFT_MODEL(Machine, unique<&Machine::name>, history(except<&Machine::seen>));

CROFT_CRON("* * * * *", look_at_load, {.at_start = true}) {
    char name[256] = "";
    double load = 0;
    if (gethostname(name, sizeof name - 1) != 0 || getloadavg(&load, 1) != 1)
        throw error("this system tells neither its name nor its load");
    co_await update_or_create<Machine>(key<&Machine::name>(name), set<&Machine::load>(load));
    log::info("{} has a load of {}", name, load);
}

CROFT_GRAPHQL(Machine, filters<&Machine::name>, orders<&Machine::name, &Machine::load>, pages());
CROFT_GRAPHQL_QUERY("machines", list<Machine>);
CROFT_GRAPHQL_QUERY("machineHistory", history<Machine>);

int main(int argc, char** argv) { return croft::main(argc, argv); }
