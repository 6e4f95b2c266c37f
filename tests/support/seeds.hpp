// Seeds of property tests: each is a random history of its own, and can be had again.
//
//     test::for_seeds(5, [&](unsigned seed) { … });
//
// runs the body with the seeds 1 to 5; CROFT_TEST_SEED=4711 with this one alone; CROFT_TEST_SECONDS=600 goes on for so
// long. A failure names its seed, and is the last.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <string>

namespace croft::test {

template <class Body>
void for_seeds(unsigned usual, Body body) {
    const char* const one = std::getenv("CROFT_TEST_SEED");
    const char* const seconds = std::getenv("CROFT_TEST_SECONDS");
    const auto start = std::chrono::steady_clock::now();
    const auto first = one ? static_cast<unsigned>(std::stoul(one)) : 1;
    const auto go_on = [&](unsigned done) {
        if (testing::Test::HasFailure()) return false;
        if (one) return done == 0;
        if (!seconds) return done < usual;
        return std::chrono::steady_clock::now() - start < std::chrono::seconds(std::stoul(seconds));
    };
    for (unsigned done = 0; go_on(done); ++done) {
        SCOPED_TRACE("CROFT_TEST_SEED=" + std::to_string(first + done));
        body(first + done);
    }
}

}  // namespace croft::test
