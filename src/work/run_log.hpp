// The log lines of one run, kept with it: the first and the last ones, when there are many.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "croft/log.hpp"

namespace croft::work {

class run_log {
public:
    static constexpr std::size_t kept_at_each_end = 100;
    static constexpr std::size_t longest_line = 1000;  // bytes

    void add(const log::line& line);
    /// One line each: "04:00:01.250 info  items loaded: …".
    std::string text() const;

private:
    std::vector<std::string> first_;
    std::deque<std::string> last_;
    std::size_t left_out_ = 0;
};

}  // namespace croft::work
