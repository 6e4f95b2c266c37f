// The page at "/": what an operator wants to see first, read-only, plain HTML without scripts. It shows what it is
// given; whoever serves it collects that.
//
//     std::string page = admin::home_page({.program = "almanac", .models = {{"Item", "item", 1505}}});
//
// Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "croft/time.hpp"

namespace croft::admin {

struct model_row {
    std::string name, table;
    std::optional<std::int64_t> rows;  // empty: more than most_counted
    bool has_history = false;
};
/// Rows are counted up to here: a page must not read a large table to its end.
inline constexpr std::int64_t most_counted = 100'000;

struct task_row {
    std::string name, spec;
    std::optional<time_point> next;  // empty: it doesn't run by itself
    std::string state;               // "running", "switched off", "waiting"
    std::string last_outcome;        // "done", "failed" …; empty: never ran
    std::optional<time_point> last_started;
    std::string last_error;
};

struct run_row {
    std::int64_t id = 0;
    std::string task, outcome, error;
    time_point started{};
    std::optional<duration> took;
};

struct home_view {
    std::string program, version, database;
    time_point now{};
    bool graphql = false;
    std::vector<model_row> models;
    std::vector<task_row> tasks;
    std::vector<run_row> runs;  // newest first
};

std::string home_page(const home_view& view);

/// Its Content-Security-Policy: nothing is loaded or run; the style is the page's own.
inline constexpr std::string_view home_policy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors "
    "'none'";

/// Text for an element or a quoted attribute: & < > " ' as character references (HTML §13.3).
std::string escape_html(std::string_view text);

}  // namespace croft::admin
