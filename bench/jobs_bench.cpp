// Durable jobs and the scheduler: jobs a second through enqueue, run and done; from enqueue to start; what a waiting
// job and ten thousand schedules cost. Figures and what limits them: docs/benchmarks.md.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>

#include "croft/job.hpp"
#include "croft/log.hpp"
#include "croft/query.hpp"
#include "migrate/migrator.hpp"
#include "runtime/loop.hpp"
#include "work/scheduler.hpp"
#include "work/worker.hpp"

namespace {

using namespace croft;

struct Nothing {
    std::int64_t number = 0;
};

std::size_t done_jobs = 0, wanted_jobs = 0;
event all_done;
std::vector<duration> latencies;
duration enqueued{};

duration monotonic() { return machine_clock().monotonic(); }

}  // namespace

CROFT_QUEUE(wide, {.concurrency = 500});
CROFT_JOB(no_op, Nothing, {.queue = "wide"}) {
    if (++done_jobs == wanted_jobs) all_done.set();
    co_return;
}
CROFT_JOB(timed, Nothing) {
    latencies.push_back(monotonic() - enqueued);
    all_done.set();
    co_return;
}

namespace {

/// Runs `body` with a fresh file that has the tables, as the current database.
template <class Body>
void with_database(Body body) {
    const auto file = std::filesystem::temp_directory_path() / "croft-jobs-bench.db";
    const auto forget = [&] {
        for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + end);
    };
    forget();
    auto all = [&]() -> task<> {
        auto base = co_await db::database::open("sqlite:" + file.string(), {.survive_power_cut = false});
        const runtime::scoped_local here(&runtime::inherited::database, base.get());
        co_await migrations::make_tables(base.get(), all_models());
        co_await body(*base);
        co_await base->close();
    };
    log::set_level(log::level::error);
    run(all());
    forget();
}

/// Enqueues `count` jobs, `batch` at a time, and waits until all have run and are stored as done.
task<> push_through(db::database* base, std::size_t count, std::size_t batch) {
    work::worker jobs(*base, work::check_jobs());
    group all;
    all.spawn(jobs.run());
    done_jobs = 0;
    wanted_jobs = count;
    all_done.reset();
    for (std::size_t i = 0; i < count; i += batch) {
        if (batch == 1)
            co_await enqueue(no_op, Nothing{});
        else
            co_await enqueue_all(no_op, std::vector<Nothing>(batch));
    }
    co_await all_done.wait();
    co_await jobs.stop(10s);
    co_await all.wait();
}

void enqueue_run_done(benchmark::State& state) {
    const auto batch = static_cast<std::size_t>(state.range(0));
    const std::size_t count = batch == 1 ? 5'000 : 20'000;
    for (auto _ : state) {
        with_database([&](db::database& base) -> task<> {
            const auto before = monotonic();
            co_await push_through(&base, count, batch);
            state.SetIterationTime(static_cast<double>((monotonic() - before).count()) / 1e6);
        });
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
}
BENCHMARK(enqueue_run_done)->Arg(1)->Arg(500)->UseManualTime()->Unit(benchmark::kMillisecond);

void from_enqueue_to_start(benchmark::State& state) {
    for (auto _ : state) {
        latencies.clear();
        with_database([&](db::database& base) -> task<> {
            work::worker jobs(base, work::check_jobs());
            group all;
            all.spawn(jobs.run());
            for (int i = 0; i < 1'000; ++i) {
                all_done.reset();
                enqueued = monotonic();
                co_await enqueue(timed, Nothing{});
                co_await all_done.wait();
                co_await sleep(1ms);
            }
            co_await jobs.stop(10s);
            co_await all.wait();
        });
    }
    std::ranges::sort(latencies);
    state.counters["median_us"] = static_cast<double>(latencies.at(latencies.size() / 2).count());
    state.counters["p99_us"] = static_cast<double>(latencies.at(latencies.size() * 99 / 100).count());
}
BENCHMARK(from_enqueue_to_start)->Iterations(1)->Unit(benchmark::kMillisecond);

double cpu_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

void ten_thousand_schedules(benchmark::State& state) {
    std::vector<work::task_info> tasks;
    for (int i = 0; i < 10'000; ++i) {
        const auto name = "task_" + std::to_string(i);
        tasks.push_back({name, "bench", 1, std::string("H H 1 1 *"), []() -> task<> { co_return; }, {}, name});
    }
    for (auto _ : state) {
        with_database([&](db::database& base) -> task<> {
            work::scheduler schedule(base, work::check_tasks(tasks));
            group all;
            all.spawn(schedule.run());
            co_await sleep(5s);  // it reads and stores its state
            const auto before = cpu_seconds();
            co_await sleep(20s);
            state.counters["cpu_ms_per_minute"] = (cpu_seconds() - before) * 3 * 1000;
            co_await schedule.stop(0s);
            co_await all.wait();
        });
    }
}
BENCHMARK(ten_thousand_schedules)->Iterations(1)->Unit(benchmark::kSecond);

std::size_t resident_bytes() {
    std::size_t pages = 0, resident = 0;
    if (auto* file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%zu %zu", &pages, &resident) != 2) resident = 0;
        std::fclose(file);
    }
    return resident * 4096;
}

/// A waiting job is a row; in memory it is nothing.
void waiting_jobs(benchmark::State& state) {
    constexpr std::size_t count = 100'000;
    for (auto _ : state) {
        with_database([&](db::database& base) -> task<> {
            work::worker jobs(base, work::check_jobs());
            group all;
            all.spawn(jobs.run());
            co_await sleep(10ms);
            co_await enqueue_all(no_op, std::vector<Nothing>(1'000), {.delay = 24h});
            const auto before = resident_bytes();
            for (std::size_t i = 0; i < count; i += 1'000)
                co_await enqueue_all(no_op, std::vector<Nothing>(1'000), {.delay = 24h});
            state.counters["bytes_in_memory"] =
                (static_cast<double>(resident_bytes()) - static_cast<double>(before)) / count;
            const auto pages =
                co_await base.read({"SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"});
            state.counters["bytes_on_disk"] = static_cast<double>(pages.at(0, 0).integer()) / (count + 1'000);
            co_await jobs.stop(0s);
            co_await all.wait();
        });
    }
}
BENCHMARK(waiting_jobs)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
