// What the scheduler keeps in the database. All of it throws db::error; the scheduler decides what that means.
//
// Everything goes to the current database of the calling task. Loop thread only.
#pragma once

#include <string>
#include <vector>

#include "croft/task.hpp"
#include "work/lease.hpp"
#include "work/tables.hpp"

namespace croft::work::store {

/// What became of the attempt to take a run.
enum class claim : std::uint8_t {
    ours,
    taken,   // another process has this occurrence
    busy,    // another process runs the task right now, or has died a moment ago
    paused,  // the operator wants no runs
};

struct claim_request {
    croft_run run;
    croft_task state;      // its schedule is stored along with it
    bool by_hand = false;  // whether it is paused or not
    bool beside = false;   // overlap::allow
    lease* who = nullptr;  // in whose name
};
struct claim_answer {
    claim what = claim::taken;
    croft_run run;  // as stored, when it is ours
};
/// Notes that a run begins, unless it is paused or somebody else's.
task<claim_answer> take(claim_request request);

/// All that is known, by name; in a transaction, which keeps others from changing it.
task<std::vector<croft_task>> tasks();
/// Stores a task's state, but for `paused`, which belongs to the operator.
task<> save(croft_task state);
/// Gives false when there is no such task.
task<bool> set_paused(std::string name, bool paused);

/// Stores runs of a task that are over or were left out, together with its state. What others have marked as lost stays
/// so and changes nothing of it.
task<> settle(std::vector<croft_run> runs, croft_task state);
/// Cancels the runs of a task that are under way, and gives how many those were. Their processes destroy them when they
/// next look, within a second.
task<std::int64_t> cancel(std::string name, std::string why);
/// Of these runs, those that somebody else has ended.
task<std::vector<croft_run>> ended(std::vector<std::int64_t> ids);
/// What a run has logged so far; nothing when it has ended meanwhile.
task<> keep_log(std::int64_t id, std::string text);
/// What a run that somebody else has ended had logged and counted by then.
task<> add_account(croft_run run);
/// Marks the runs that dead processes left behind as lost, and gives them.
task<std::vector<croft_run>> collect_lost();
/// Whether there are any.
task<bool> any_lost();
/// Keeps the newest `count` runs of a task, and none that is older than that.
task<> purge(std::string name, std::int64_t count, time_point oldest);

}  // namespace croft::work::store
