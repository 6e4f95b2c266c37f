// Whether the history tells what is there: triggers that are missing, versions that disagree with the present rows.
// Loop thread only.
#pragma once

#include "croft/history.hpp"

namespace croft::history {

struct check_report {
    std::vector<std::string> missing;  // triggers
    std::int64_t unrecorded = 0;       // rows without a version that holds now
    std::int64_t different = 0;        // rows whose version says something else
    std::int64_t vanished = 0;         // versions that hold now, but their row is gone
    std::int64_t doubled = 0;          // versions that hold now beside another of the same row
    std::int64_t backwards = 0;        // versions that end before they begin
    bool fine() const noexcept {
        return missing.empty() && unrecorded + different + vanished + doubled + backwards == 0;
    }
    /// One line each.
    std::vector<std::string> findings() const;
};

/// Throws croft::error when the model has no history.
task<check_report> check(const model_info* model);

/// Makes the history say what is there now, as changes that happened at this moment by nobody known, and gives their
/// number. Doubled and backward versions stay as they are.
task<std::int64_t> repair(const model_info* model);

}  // namespace croft::history
