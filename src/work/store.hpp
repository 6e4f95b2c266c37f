// What the scheduler keeps in the database. All of it throws db::error; the scheduler decides what that means.
//
// Everything goes to the current database of the calling task. Loop thread only.
#pragma once

#include <string>
#include <vector>

#include "croft/task.hpp"
#include "work/tables.hpp"

namespace croft::work::store {

/// What became of the attempt to take a run.
enum class claim : std::uint8_t {
    ours,
    taken,   // another process has this occurrence, or runs the task right now
    paused,  // the operator wants no runs
};

struct claim_request {
    croft_run run;
    croft_task state;      // its schedule is stored along with it
    bool by_hand = false;  // whether it is paused or not
};
struct claim_answer {
    claim what = claim::taken;
    croft_run run;  // as stored, when it is ours
};
/// Notes that a run begins, unless it is paused or somebody else's. Runs of the task that a dead process left behind
/// are marked as lost.
task<claim_answer> take(claim_request request);

/// All that is known, by name.
task<std::vector<croft_task>> tasks();
/// Stores a task's state, but for `paused`, which belongs to the operator.
task<> save(croft_task state);
/// Gives false when there is no such task.
task<bool> set_paused(std::string name, bool paused);

/// A run is over: stores it and the task's state together.
task<> finish(croft_run run, croft_task state);
/// Notes an occurrence that doesn't run, and the task's schedule.
task<> skip(croft_run run, croft_task state);
/// Marks the runs that dead processes left behind as lost, and gives them.
task<std::vector<croft_run>> collect_lost();
/// Keeps the newest `count` runs of a task.
task<> purge(std::string name, std::int64_t count);

}  // namespace croft::work::store
