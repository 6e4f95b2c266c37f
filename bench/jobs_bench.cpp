// Durable jobs and the scheduler, on both engines: jobs a second through enqueue, run and done, beside the same
// statements by the C API; from enqueue to start; what a waiting job and ten thousand schedules cost. Targets (issue of
// durable jobs): 20,000 jobs a second on SQLite in batches, 5,000 on PostgreSQL.
#include <sys/resource.h>

#include <cstdlib>

#include "croft/job.hpp"
#include "croft/json.hpp"
#include "croft/log.hpp"
#include "croft/query.hpp"
#include "database.hpp"
#include "pairs.hpp"
#include "raw_postgres.hpp"
#include "raw_sqlite.hpp"
#include "work/job_sql.hpp"
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

constexpr std::size_t batch = 500;

struct place {
    std::string name, url;
};

/// Runs `body` with the database, which has the tables and no rows, as the current one.
void with_database(const place& where, std::function<task<>(db::database&)> body) {
    auto all = [&]() -> task<> {
        auto base = co_await db::database::open(where.url, {.survive_power_cut = false});
        const runtime::scoped_local here(&runtime::inherited::database, base.get());
        co_await migrations::make_tables(base.get(), all_models());
        for (const char* table : {"croft_job", "croft_process", "croft_task", "croft_run"})
            co_await base->write({std::string("DELETE FROM ") + table});
        if (base->kind() == db::engine::postgres) co_await base->write({"ANALYZE"});
        co_await body(*base);
        co_await base->close();
    };
    run(all());
}

std::string text_of(const value& v) {
    if (const auto* text = std::get_if<std::string>(&v)) return *text;
    return std::holds_alternative<bool>(v) ? (std::get<bool>(v) ? "1" : "0") : to_text(v);
}

/// The database by its C API: a statement's first column.
struct by_hand {
    virtual ~by_hand() = default;
    virtual std::vector<std::int64_t> run(const db::statement& what) = 0;
    virtual db::engine kind() const = 0;
};

struct sqlite_by_hand final : by_hand {
    bench::raw_base base;
    std::map<std::string, std::unique_ptr<bench::raw_statement>> prepared;
    explicit sqlite_by_hand(const std::string& file) : base(file) {}
    db::engine kind() const override { return db::engine::sqlite; }
    std::vector<std::int64_t> run(const db::statement& what) override {
        auto& known = prepared[what.sql];
        if (!known) known = std::make_unique<bench::raw_statement>(base, what.sql);
        sqlite3_stmt* on = *known;
        for (int i = 0; i < static_cast<int>(what.params.size()); ++i) {
            const auto& param = what.params[static_cast<std::size_t>(i)];
            if (const auto* number = std::get_if<std::int64_t>(&param)) {
                sqlite3_bind_int64(on, i + 1, *number);
            } else if (is_null(param)) {
                sqlite3_bind_null(on, i + 1);
            } else if (const auto* yes = std::get_if<bool>(&param)) {
                sqlite3_bind_int(on, i + 1, *yes);
            } else {
                const auto text = text_of(param);
                sqlite3_bind_text(on, i + 1, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
            }
        }
        std::vector<std::int64_t> ids;
        int step = 0;
        while ((step = sqlite3_step(on)) == SQLITE_ROW) ids.push_back(sqlite3_column_int64(on, 0));
        if (step != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(base));
        sqlite3_reset(on);
        return ids;
    }
};

struct postgres_by_hand final : by_hand {
    bench::raw_postgres base;
    std::map<std::string, std::string> prepared;
    explicit postgres_by_hand(const std::string& url) : base(url) {}
    db::engine kind() const override { return db::engine::postgres; }
    std::vector<std::int64_t> run(const db::statement& what) override {
        auto& name = prepared[what.sql];
        if (name.empty()) {
            name = "s" + std::to_string(prepared.size());
            base.prepare(name, what.sql);
        }
        std::vector<std::string> texts;
        for (const auto& param : what.params) texts.push_back(is_null(param) ? "" : text_of(param));
        std::vector<const char*> params;
        for (std::size_t i = 0; i < texts.size(); ++i)
            params.push_back(is_null(what.params[i]) ? nullptr : texts[i].c_str());
        const auto result = base.call(name, params);
        std::vector<std::int64_t> ids;
        for (int row = 0; row < PQntuples(result.get()); ++row)
            ids.push_back(std::strtoll(PQgetvalue(result.get(), row, 0), nullptr, 10));
        return ids;
    }
};

/// The same statements that the worker uses, in the same transactions, by one thread that does nothing else.
void push_through_by_hand(by_hand& base, std::size_t count, std::size_t at_once) {
    const auto engine = base.kind();
    const std::string worker = "by hand";
    const auto done = [&](const std::vector<std::int64_t>& ids, time_point at) {
        return work::job_sql::end(
            {.ids = ids, .worker = worker, .state = "done", .now = at, .keep = 24h, .run_at = {}, .error = {}}, engine);
    };
    const auto arguments = json(std::vector<std::string>(at_once, R"({"number":0})")).dump();
    std::vector<std::int64_t> running;
    for (std::size_t i = 0; i < count; i += at_once) {
        const auto at = now();
        work::job_sql::new_jobs fresh{.name = "no_op",
                                      .queue = "wide",
                                      .state = "waiting",
                                      .run_at = at,
                                      .arguments = arguments,
                                      .attempts = 20,
                                      .unique_key = {},
                                      .unique_until = {},
                                      .enqueued_at = at,
                                      .news = "by hand"};
        base.run(work::job_sql::insert(fresh, engine));
        base.run({"BEGIN"});
        if (!running.empty()) base.run(done(running, at));
        running =
            base.run(work::job_sql::claim({"waiting", "wide", worker, static_cast<std::int64_t>(at_once), at}, engine));
        base.run({"COMMIT"});
    }
    base.run(done(running, now()));
}

/// Enqueues `count` jobs, `at_once` at a time, and waits until all have run and are stored as done.
task<> push_through(db::database* base, std::size_t count, std::size_t at_once) {
    work::worker jobs(*base, work::check_jobs());
    group all;
    all.spawn(jobs.run());
    done_jobs = 0;
    wanted_jobs = count;
    all_done.reset();
    for (std::size_t i = 0; i < count; i += at_once) {
        if (at_once == 1)
            co_await enqueue(no_op, Nothing{});
        else
            co_await enqueue_all(no_op, std::vector<Nothing>(at_once));
    }
    co_await all_done.wait();
    co_await jobs.stop(10s);
    co_await all.wait();
}

double per_second(std::size_t count, duration took) {
    return static_cast<double>(count) / (static_cast<double>(took.count()) / 1e6);
}

void enqueue_run_done(const place& where, const std::function<std::unique_ptr<by_hand>()>& open, std::size_t at_once) {
    constexpr int rounds = 7;
    const std::size_t count = at_once == 1 ? 2'000 : 20'000;
    std::vector<double> ours, theirs, ratio;
    for (int i = 0; i < rounds; ++i) {
        with_database(where, [&](db::database& base) -> task<> {
            const auto before = monotonic();
            co_await push_through(&base, count, at_once);
            ours.push_back(per_second(count, monotonic() - before));
            co_await base.write({"DELETE FROM croft_job"});
        });
        const auto raw = open();
        const auto before = monotonic();
        push_through_by_hand(*raw, count, at_once);
        theirs.push_back(per_second(count, monotonic() - before));
        ratio.push_back(ours.back() / theirs.back());
    }
    fmt::print(
        "{:<10} enqueue, run, done, {:>3} at a time {:>10.0f} jobs/s   by the C API {:>10.0f}   speed {:>4.0f} %\n",
        where.name, at_once, bench::median(ours), bench::median(theirs), bench::median(ratio) * 100);
}

void from_enqueue_to_start(const place& where) {
    latencies.clear();
    with_database(where, [&](db::database& base) -> task<> {
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
    std::ranges::sort(latencies);
    fmt::print("{:<10} from enqueue to start: median {} us, p99 {} us\n", where.name,
               latencies.at(latencies.size() / 2).count(), latencies.at(latencies.size() * 99 / 100).count());
}

double cpu_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

void ten_thousand_schedules(const place& where) {
    std::vector<work::task_info> tasks;
    for (int i = 0; i < 10'000; ++i) {
        const auto name = "task_" + std::to_string(i);
        tasks.push_back({name, "bench", 1, std::string("H H 1 1 *"), []() -> task<> { co_return; }, {}, name});
    }
    with_database(where, [&](db::database& base) -> task<> {
        const auto began = monotonic();
        work::scheduler schedule(base, work::check_tasks(tasks));
        group all;
        all.spawn(schedule.run());
        while (co_await query<work::croft_task>().count() < 10'000) co_await sleep(20ms);
        const auto ready = monotonic() - began;
        co_await sleep(1s);
        const auto before = cpu_seconds();
        co_await sleep(60s);
        fmt::print("{:<10} 10,000 schedules: read and stored in {} ms, then idle at {:.0f} ms of CPU a minute\n",
                   where.name, ready / 1ms, (cpu_seconds() - before) * 1000);
        co_await schedule.stop(0s);
        co_await all.wait();
    });
}

std::size_t resident_bytes() {
    std::size_t pages = 0, resident = 0;
    if (auto* file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%zu %zu", &pages, &resident) != 2) resident = 0;
        std::fclose(file);
    }
    return resident * 4096;
}

/// A waiting job is a row; in memory it is nothing.
void waiting_jobs(const place& where) {
    constexpr std::size_t count = 100'000;
    with_database(where, [&](db::database& base) -> task<> {
        work::worker jobs(base, work::check_jobs());
        group all;
        all.spawn(jobs.run());
        for (int i = 0; i < 10; ++i) co_await enqueue_all(no_op, std::vector<Nothing>(1'000), {.delay = 24h});
        const auto before = resident_bytes();
        for (std::size_t i = 0; i < count; i += 1'000)
            co_await enqueue_all(no_op, std::vector<Nothing>(1'000), {.delay = 24h});
        const auto more = static_cast<double>(resident_bytes()) - static_cast<double>(before);
        const auto on_disk =
            co_await base.read({base.kind() == db::engine::sqlite
                                    ? "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
                                    : "SELECT pg_total_relation_size('croft_job')"});
        fmt::print("{:<10} a waiting job: {:.0f} bytes of memory, {:.0f} on disk\n", where.name, more / count,
                   static_cast<double>(on_disk.at(0, 0).integer()) / (count + 10'000));
        co_await jobs.stop(0s);
        co_await all.wait();
    });
}

void measure(const place& where, const std::function<std::unique_ptr<by_hand>()>& open) {
    enqueue_run_done(where, open, batch);
    enqueue_run_done(where, open, 1);
    from_enqueue_to_start(where);
    waiting_jobs(where);
    ten_thousand_schedules(where);
}

}  // namespace

int main() {
    log::set_level(log::level::error);
    const bench::file file("croft-jobs-bench.db");
    measure({"sqlite", "sqlite:" + file.path.string()},
            [&] { return std::make_unique<sqlite_by_hand>(file.path.string()); });
    const char* const url = std::getenv("CROFT_TEST_POSTGRES");
    if (!url) {
        std::puts("postgres: no server; run this by scripts/with-postgres");
        return 0;
    }
    measure({"postgres", url}, [&] { return std::make_unique<postgres_by_hand>(url); });
}
