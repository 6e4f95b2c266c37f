// Two ways of doing the same, in turn, on a noisy machine: medians, and the median of the ratios round by round.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace bench {

inline double seconds(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

inline double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// Prints one line: what a unit costs with `ours` and with `theirs` (each does `units` of it a call), and the ratio of
/// their speeds: 100 % is as fast, less is slower.
inline void pair(const std::string& what, double units, const std::function<void()>& ours, const std::string& other,
                 const std::function<void()>& theirs, int rounds = 9) {
    std::vector<double> a, b, ratio;
    ours(), theirs();  // warm up
    for (int i = 0; i < rounds; ++i) {
        a.push_back(seconds(ours));
        b.push_back(seconds(theirs));
        ratio.push_back(b.back() / a.back());
    }
    fmt::print("{:<44} {:>9.3f} us   {:<26} {:>9.3f} us   speed {:>4.0f} %  (cost x {:.2f})\n", what,
               median(a) / units * 1e6, other, median(b) / units * 1e6, median(ratio) * 100, 1 / median(ratio));
}

/// One figure without a comparison.
inline void single(const std::string& what, double units, const std::function<void()>& work, int rounds = 9) {
    std::vector<double> a;
    work();
    for (int i = 0; i < rounds; ++i) a.push_back(seconds(work));
    fmt::print("{:<44} {:>9.3f} us\n", what, median(a) / units * 1e6);
}

}  // namespace bench
