// A year of schedules on the virtual clock, with stops, crashes and downtimes drawn from a seed.
// CROFT_SIMULATION_SEED=n repeats one.
#include <fmt/format.h>

#include <map>

#include "jobs.hpp"
#include "text/cron_hash.hpp"
#include "work/schedule.hpp"

using namespace croft;
using namespace croft::work;

namespace {

struct uptime {
    time_point from, to;
};

struct simulated_year {
    unsigned seed;
    std::minstd_rand chance{seed};
    std::vector<uptime> up{};
    std::map<std::string, int> began{};

    duration between(duration low, duration high) {
        return low + duration(static_cast<duration::rep>(static_cast<double>(chance()) / 2147483647.0 *
                                                         static_cast<double>((high - low).count())));
    }
    task_info made(const std::string& name, const char* spec, task_options options) {
        return {name,
                "simulation",
                1,
                std::string(spec),
                [this, name]() -> task<> {
                    ++began[name];
                    co_await sleep(between(1s, 20min));
                },
                std::move(options),
                name};
    }
    std::vector<task_info> tasks() {
        return {
            made("six_hourly", "0 */6 * * *", {.missed = missed::run_all, .most_missed = 1000}),
            made("daily", "30 3 * * *", {.timezone = "Europe/Berlin"}),
            made("weekly", "@weekly", {.missed = missed::skip}), made("monthly", "H H 1 * *", {.jitter = 1h}),
            made("workday", "15 9,17 * * mon-fri", {.timezone = "America/New_York", .overlap = overlap::queue_one})};
    }

    scheduler_options options() const {
        auto all = rarely;
        all.kept_runs = 1'000'000;
        all.kept_for = 1000 * days;
        all.seed = seed;
        return all;
    }

    task<> live(db::database* base, time_point end) {
        while (now() < end) {
            const auto from = now();
            {
                running_app app(*base, tasks(), options());
                co_await sleep(between(1h, 10 * days));
                if (chance() % 2 == 0) co_await app.schedule.stop(between(0s, 10min));
            }  // else it is as if the process had been killed
            up.push_back({from, now()});
            co_await sleep(between(1s, chance() % 5 == 0 ? duration(3 * days) : duration(1h)));
        }
        running_app app(*base, tasks(), options());
        co_await sleep(4h);
        co_await app.schedule.stop(1h);
    }
};

}  // namespace

struct simulation : work_test {
    /// Everything that was recorded, as text.
    std::string record_of(simulated_year& year) {
        std::string record;
        with_database([&](db::database& base) -> task<> {
            co_await query<croft_run>().remove();  // of the one before
            co_await query<croft_task>().remove();
            co_await query<croft_process>().remove();
            co_await year.live(&base, at("2026-04-01T00:00Z"));
            for (const auto& run : co_await all_runs())
                record += fmt::format("{} {} {} {}\n", run.task, to_text(run.scheduled_at), run.attempt, run.outcome);
        });
        return record;
    }
};
CROFT_ON_EACH_ENGINE(simulation);

/// On PostgreSQL, transactions that run beside each other end in any order, so a seed doesn't say it all.
struct replayed_simulation : simulation {};
INSTANTIATE_TEST_SUITE_P(on, replayed_simulation, testing::Values(db::engine::sqlite),
                         [](const auto&) { return "sqlite"; });

TEST_P(simulation, each_occurrence_of_a_year_with_crashes_and_downtimes_is_accounted_for_by_its_policy) {
    const char* given = std::getenv("CROFT_SIMULATION_SEED");
    const unsigned seed = given ? static_cast<unsigned>(std::atoi(given)) : std::random_device{}() % 1'000'000 + 1;
    SCOPED_TRACE(fmt::format("CROFT_SIMULATION_SEED={}", seed));
    simulated_year year{seed};
    with_database([&](db::database& base) -> task<> {
        const auto end = on_postgres() ? at("2026-03-01T00:00Z") : at("2027-01-01T00:00Z");  // its trips take real time
        co_await year.live(&base, end);
        EXPECT_EQ(co_await runs("running"), 0);
        std::map<std::string, std::map<time_point, std::vector<std::string>>> found;
        for (const auto& run : co_await all_runs()) found[run.task][run.scheduled_at].push_back(run.outcome);
        for (const auto& task : year.tasks()) {
            const auto when = *schedule::make(task, text::crc32(base.url()));
            auto& of_task = found[task.name];
            for (const auto& [moment, outcomes] : of_task) {
                // One end; none where it was lost or cancelled and a later occurrence took its place.
                const auto ends =
                    std::ranges::count_if(outcomes, [](const auto& one) { return one == "ok" || one == "skipped"; });
                EXPECT_LE(ends, 1) << task.name << " " << to_text(moment);
                if (ends == 0) EXPECT_THAT(outcomes.back(), testing::AnyOf("lost", "cancelled"));
                EXPECT_EQ(when.next(moment - 1us, moment), moment) << task.name << " ran at no occurrence";
            }
            for (const auto& up : year.up)
                for (auto next = when.next(up.from, up.from); next && *next + task.options.jitter + 5s < up.to;
                     next = when.next(*next, *next))
                    EXPECT_TRUE(of_task.contains(*next)) << task.name << " has nothing of " << to_text(*next);
            if (task.options.missed == missed::run_all)
                for (auto next = when.next(at("2026-01-01T00:00Z"), {}); next && *next < end;
                     next = when.next(*next, *next))
                    EXPECT_TRUE(of_task.contains(*next)) << task.name << " never made up for " << to_text(*next);
        }
    });
}

TEST_P(replayed_simulation, is_the_same_again_for_the_same_seed) {
    simulated_year once{4711}, again{4711}, other{4712};
    const auto record = record_of(once);
    clock = virtual_clock{at("2026-01-01T00:00Z"), true};
    EXPECT_EQ(record, record_of(again));
    clock = virtual_clock{at("2026-01-01T00:00Z"), true};
    EXPECT_NE(record, record_of(other));
}
