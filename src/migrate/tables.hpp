// What a database remembers of its migrations. Plain: SELECT name, applied_at FROM croft_migration is a fair question.
#pragma once

#include "croft/model.hpp"

namespace croft::migrations {

/// One migration that was applied, or (without a name) what was added without one, or that nothing was left to do
/// (state "settled": see settled.hpp), or what columns hold (state "kinds": see kinds.hpp).
struct croft_migration {
    std::int64_t id = 0;
    croft::time_point applied_at;
    std::string sql;                // what was run
    std::string name;               // "0002_prices"
    std::string hash;               // of its operations
    std::string state = "applied";  // begun: it runs outside of a transaction and hasn't come to its end
    std::int32_t steps_done = 0;    // while begun
};
CROFT_MODEL(croft_migration, indexed<&croft_migration::name>);

}  // namespace croft::migrations
