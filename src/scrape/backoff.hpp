// Pauses between tries: they double, with jitter so that many who failed together don't come back together.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>

#include "croft/time.hpp"

namespace croft::scrape {

class backoff {
public:
    explicit backoff(std::uint64_t seed) : random_(seed) {}

    /// Before try number `tries` + 1: between half and all of 1 s, 2 s, 4 s … up to 30 s.
    duration after(int tries) {
        constexpr duration first = 1s, longest = 30s;
        const duration whole = std::min(first * (1 << std::clamp(tries - 1, 0, 10)), longest);
        return whole / 2 + duration(static_cast<std::int64_t>(random_() % (whole.count() / 2 + 1)));
    }

private:
    std::mt19937_64 random_;
};

}  // namespace croft::scrape
