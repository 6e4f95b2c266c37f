// The app that the tests of this folder run in processes of its own: a shop that takes orders and ships them by durable
// jobs, and a task that ticks once a second. It is this program again, started with settings in its environment.
#pragma once

#include <sys/types.h>

#include <string>

#include "croft/every.hpp"
#include "croft/job.hpp"
#include "croft/query.hpp"

namespace torture {

using namespace croft;

struct Order {
    std::int64_t id = 0;
    std::int64_t number = 0;
    std::int64_t job = 0;
};
CROFT_MODEL(Order, unique<&Order::number>);

// No unique keys: what happens twice must show.
struct Shipment {
    std::int64_t id = 0;
    std::int64_t number = 0;
};
CROFT_MODEL(Shipment, history());
struct Receipt {
    std::int64_t id = 0;
    std::int64_t number = 0;
};
CROFT_MODEL(Receipt);
struct Packed {
    std::int64_t id = 0;
    std::int64_t number = 0;
};
CROFT_MODEL(Packed);
/// Who did something: which process, and for which order; 0 for a tick.
struct Deed {
    std::int64_t id = 0;
    std::int64_t number = 0;
    std::int64_t process = 0;
};
CROFT_MODEL(Deed);

struct Parcel {
    std::int64_t number = 0;
};

}  // namespace torture

extern const croft::job<torture::Parcel> send_receipt, ship, deed;

namespace torture {

/// How a process lives.
struct life {
    std::string url;
    std::string role = "sells";  // sells: takes orders until it is killed; drains: until nothing is left to be done;
                                 // works: until SIGTERM, on what others enqueue
    int statements = 0;          // it kills itself before the database is given this one; 0: it doesn't
    unsigned seed = 0;           // of what goes wrong: the clock is set, the disk is slow; 0: nothing does
    int poll_ms = 50;
};

pid_t start(const life& how);
/// Its wait status.
int wait_for(pid_t process);

/// A new database's tables.
task<> make_tables(db::database* base);

}  // namespace torture
