// What the tests of scheduled work share: a virtual clock that jumps to the next sleeper, a database of each engine,
// apps that can be stopped, or crash.
#pragma once

#include <functional>
#include <string>

#include "croft/log.hpp"
#include "croft/query.hpp"
#include "croft/retry.hpp"
#include "db/database.hpp"
#include "migrate/migrator.hpp"
#include "runtime/loop.hpp"
#include "support/engines.hpp"
#include "work/scheduler.hpp"

namespace croft::work {

/// For tests that live through days: others are looked at seldom. scheduler_options{} is what apps do.
inline const scheduler_options seldom{.poll = 10min, .patience = 40min};
/// For tests that live through years, with clocks that nobody sets.
inline const scheduler_options rarely{.poll = 20min, .clock_check = 1 * days, .patience = 30min};

inline const db::options no_power_cuts{.survive_power_cut = false};

/// An app's scheduler. Destroyed without stop(), it is as if the process had been killed.
struct running_app {
    running_app(db::database& base, std::vector<task_info> tasks, scheduler_options options = seldom)
        : schedule(base, check_tasks(std::move(tasks)), std::move(options)) {
        all.spawn(schedule.run());
    }
    scheduler schedule;
    group all;
};

struct work_test : test::each_engine {
    work_test() { log::set_stderr(false); }
    ~work_test() override { log::set_stderr(true); }

    virtual_clock clock{*parse_time("2026-01-01T00:00Z"), /*jumps=*/true};  // a Thursday
    std::vector<std::string> lines;
    log::observer keep{[this](const log::line& l) { lines.emplace_back(l.message); }};

    /// Runs `body` with a database that has the tables, as the current one.
    void with_database(std::function<task<>(db::database&)> body) {
        auto all = [&]() -> task<> {
            auto opened = co_await db::database::open(url(), no_power_cuts);
            runtime::scoped_local current(&runtime::inherited::database, opened.get());
            co_await migrations::make_tables(opened.get(),
                                             {&model<croft_task>(), &model<croft_run>(), &model<croft_process>()});
            co_await body(*opened);
            co_await opened->close();
        };
        run(all(), clock);
    }

    static task_info cron(std::string name, std::string spec, std::function<task<>()> work, task_options options = {}) {
        return {name, "tasks.cpp", 1, std::move(spec), std::move(work), std::move(options), name};
    }
    static task_info every(std::string name, duration interval, std::function<task<>()> work,
                           task_options options = {}) {
        return {name, "tasks.cpp", 1, interval, std::move(work), std::move(options), name};
    }
};

using test::in;

/// The same database as another process has it: connections of its own.
inline task<std::unique_ptr<db::database>> opened_again(db::database* base) {
    return db::database::open(base->url(), no_power_cuts);
}

/// Until another connection waits for what the transaction around this holds. On SQLite it waits for its turn to write,
/// which nobody sees.
inline task<> somebody_waits(db::database* base) {
    const std::string waiting =
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id_if_assigned()::xid";
    for (int i = 0; i < 10'000 && base->kind() == db::engine::postgres; ++i)
        if (co_await test::number(base, waiting) > 0) co_return;
}

/// What is due at this moment is done: after a sleep up to it, too, as all who sleep that long wake together.
inline task<> settle() { co_await runtime::loop::current().settle(); }

inline task<std::int64_t> runs(std::string outcome) {
    return query<croft_run>().where(f<&croft_run::outcome> == outcome).count();
}
inline task<std::vector<croft_run>> all_runs() { return query<croft_run>().order_by(f<&croft_run::id>).list(); }
inline task<croft_task> row_of(std::string name) {
    return query<croft_task>().where(f<&croft_task::name> == name).one();
}
inline time_point at(std::string_view text) { return *parse_time(text); }

}  // namespace croft::work
