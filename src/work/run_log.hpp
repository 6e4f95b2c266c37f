// The log lines of one run, kept with it: the first and the last ones, when there are many. Stored while it goes on:
// see scheduler::write_logs() and worker::write_logs().
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "croft/log.hpp"

namespace croft::work {

/// For so long the lines of a run are collected before they are stored.
constexpr duration log_pause = 1s;

class run_log {
public:
    static constexpr std::size_t kept_at_each_end = 100;
    static constexpr std::size_t longest_line = 1000;  // bytes

    void add(const log::line& line);
    /// One line each: "04:00:01.250 info  items loaded: …".
    std::string text() const;
    /// Whether lines have come since this was last asked.
    bool take_news() noexcept { return std::exchange(news_, false); }
    /// What was taken couldn't be stored.
    void give_back_news() noexcept { news_ = !first_.empty(); }

private:
    std::vector<std::string> first_;
    std::deque<std::string> last_;
    std::size_t left_out_ = 0;
    bool news_ = false;
};

/// Of a run_log's text, as it grows, what wasn't given yet: each line once, or that some were left out meanwhile.
class run_log_reader {
public:
    std::vector<std::string> read(std::string_view text);

private:
    std::size_t seen_ = 0;  // lines
};

}  // namespace croft::work
