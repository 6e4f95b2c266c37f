// Retention: removing old versions by the model's rules, or by others, in small transactions that writers get between.
// Loop thread only.
#pragma once

#include "croft/history.hpp"

namespace croft::history {

/// A version of a row, as far as retention cares.
struct version_span {
    std::int64_t id = 0;
    time_point from{};
    std::optional<time_point> to{};
    bool update = false;  // rather than the beginning or the end of the row's life
};

struct pruning {
    std::vector<std::int64_t> removed;
    /// A version whose successors were thinned out holds until the next one that is left.
    std::vector<std::pair<std::int64_t, time_point>> extended;
};

/// What the rules do to one row, given all its versions, oldest first.
pruning choose_old(const std::vector<version_span>& versions, const history_retention& rules, time_point now);

struct prune_options {
    bool dry_run = false;
    std::size_t read_batch = 5'000;  // versions looked at in one query
    std::size_t write_batch = 500;   // versions removed in one transaction
};

struct prune_report {
    std::int64_t looked_at = 0, removed = 0;
};

/// Throws croft::error when the model has no history.
task<prune_report> prune(const model_info* model, history_retention rules, prune_options options = {});

/// Every model by its own rules: the daily task.
task<> prune_all();
/// Whether any model of the program has rules.
bool needs_pruning();

}  // namespace croft::history
