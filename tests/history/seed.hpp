// The smallest model that has all that history distinguishes: a key, a unique field, a plain one, one that isn't
// tracked.
#pragma once

#include "croft/history.hpp"

struct Seed {
    std::int64_t id = 0;
    std::string name;
    std::optional<std::int32_t> price;
    std::int32_t seen = 0;
};
CROFT_MODEL(Seed, unique<&Seed::name>, history(except<&Seed::seen>));
