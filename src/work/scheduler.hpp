// The scheduler: runs tasks when they are due, once each, and keeps what came of it.
//
//     work::scheduler scheduler(*base, work::check_tasks(work::declared_tasks()), {.patterns = settings.tasks});
//     app.spawn(scheduler.run());
//     …
//     co_await scheduler.stop(10s);
//
// What is promised is written in croft/every.hpp. Its own bookkeeping may fail, as databases do: a run whose begin
// can't be stored waits; one whose end can't be stored is stored later; the scheduler itself goes on.
// Loop thread only; it must be gone before the database.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "croft/clock.hpp"
#include "croft/json.hpp"
#include "croft/log.hpp"
#include "croft/task.hpp"
#include "work/lease.hpp"
#include "work/registry.hpp"
#include "work/run_log.hpp"
#include "work/schedule.hpp"
#include "work/tables.hpp"

namespace croft::work {

struct scheduler_options {
    /// Which tasks run by themselves: see matching_tasks(). run_now() works for all.
    std::string patterns = "*";
    /// Runs kept for each task.
    std::int64_t kept_runs = 1000;
    /// And how old they may get.
    duration kept_for = 90 * days;
    /// How often it looks whether other processes have died.
    duration poll = 1s;
    /// How often it looks at the wall clock at least, as that may be set while it sleeps.
    duration clock_check = 1min;
    /// Who doesn't show a sign of life for so long is dead: see lease.hpp.
    duration patience = 4s;
    /// Of the program; kept with each run.
    std::string version = {};
    /// What retries' jitter is drawn from.
    std::uint64_t seed = std::random_device{}();
};

/// What came of a run.
struct run_outcome {
    std::int64_t run = 0;  // croft_run.id
    std::string outcome;   // as croft_run.outcome
    std::string error;
    time_point started_at{}, finished_at{};
    bool ok() const noexcept { return outcome == "ok"; }
};

class scheduler {
public:
    /// Throws config_error for patterns that match nothing.
    scheduler(db::database& base, std::vector<task_info> tasks, scheduler_options options = {});
    ~scheduler();
    scheduler(const scheduler&) = delete;
    scheduler& operator=(const scheduler&) = delete;

    /// Runs what is due until stop().
    task<> run();
    /// No new runs; those under way get up to `grace`, then they are cancelled. Returns when nothing is left marked as
    /// running (or the database refuses to store that).
    task<> stop(duration grace);

    /// Runs a task now, whether its pattern is wanted or not, paused or not; failures are not retried. Throws
    /// config_error for an unknown name (naming the nearest), croft::error when it runs already. The task finds
    /// `arguments` by run_arguments().
    task<run_outcome> run_now(std::string name, json arguments = json::object({}));
    /// No more runs by schedule, also after a restart, until resumed. Throws config_error for an unknown name.
    task<> pause(std::string name);
    task<> resume(std::string name);

    const std::vector<task_info>& tasks() const noexcept { return tasks_; }

private:
    struct request;
    struct occurrence;
    struct active_run;
    struct entry;
    class looping;

    // scheduler.cpp: what is due, and when
    void dispatch();
    void answer_requests();
    void note_overlap(entry& e, time_point at);
    bool is_due(const entry& e, time_point at) const;
    bool waits_for_another(entry& e, time_point at);
    std::optional<time_point> regular_due(const entry& e) const;
    std::optional<occurrence> take_due(entry& e, time_point at);
    std::optional<occurrence> take_regular(entry& e, time_point at);
    duration pause_until_next() const;
    void follow_the_clock(time_point at);
    entry& find(std::string_view name);

    // state.cpp: what the database remembers
    task<> load();
    task<> read_state();
    void adopt(entry& e, const croft_task* known);
    void adopt_lost(entry& e, const croft_run& lost);
    task<> adopt_all_lost();
    task<> store_end(entry* e, croft_run run);
    task<bool> store_unstored(entry* e);
    task<> store_what_is_left();
    bool all_is_stored() const;

    // watch.cpp: other processes, and runs that don't come or don't end
    task<> watch();
    task<> look();
    task<> give_up_ended();
    void give_up_all();
    void tell_overdue(entry& e, time_point at);
    void tell_stuck(entry& e, time_point at);

    // run.cpp: one run
    void begin(entry& e, occurrence what);
    void note_skip(entry& e, time_point scheduled_at, std::string why);
    task<> write_skip(entry* e);
    task<> carry_out(entry* e, active_run* active, occurrence what);
    task<bool> claim(entry* e, active_run* active, const occurrence* what);
    void postpone(entry& e, const occurrence& what, const std::string& why);
    task<> execute(entry* e, active_run* active);
    void judge(entry& e, active_run& active, const runtime::outcome<void>& result);
    void note_success(entry& e, const active_run& active);
    void note_failure(entry& e, const active_run& active, const std::exception_ptr& failure);
    void note_cancelled(entry& e, active_run& active);
    duration pause_after(entry& e, const active_run& active, const std::exception_ptr& failure);
    void ended(entry& e, active_run* active) noexcept;
    void keep_line(const log::line& line);
    task<> write_logs();

    db::database& base_;
    std::vector<task_info> tasks_;
    scheduler_options options_;
    lease lease_;
    std::minstd_rand chance_;
    std::vector<std::unique_ptr<entry>> entries_;
    std::deque<std::shared_ptr<request>> requests_;
    std::map<std::int64_t, active_run*> by_run_;  // those under way
    runtime::loop* loop_ = nullptr;
    group* runs_ = nullptr;  // run()'s own, so that no run outlives it
    bool loaded_ = false, stopping_ = false;
    bool alone_ = false;  // run_now() without run()
    std::size_t under_way_ = 0;
    std::optional<time_point> last_wall_;
    duration last_monotonic_{};
    event wake_, idle_, finished_, spoke_;
    log::observer keep_lines_;
};

}  // namespace croft::work
