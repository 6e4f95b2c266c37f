// The database layer against SQLite's C functions on the same file, table and trigger, in the same run. Budgets
// (docs/architecture.md): write_many at least 60 % of raw; a read by key costs a hop to another thread and back.
#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <filesystem>

#include "db/database.hpp"
#include "runtime/loop.hpp"

namespace {

using namespace croft;

constexpr int columns = 25;
constexpr std::size_t rows = 20'000;

std::string list(const std::string& before, const std::string& after, int first = 1) {
    std::string text;
    for (int i = first; i <= columns; ++i) text += (i > first ? ", " : "") + before + std::to_string(i) + after;
    return text;
}

std::string schema() {
    const std::string fields = list("c", "", 2);
    return "DROP TABLE IF EXISTS item; DROP TABLE IF EXISTS past;"
           "CREATE TABLE item (c1 INTEGER PRIMARY KEY, " +
           fields +
           ");"
           "CREATE TABLE past (version INTEGER PRIMARY KEY, c1, " +
           fields +
           ");"
           "CREATE TRIGGER inserted AFTER INSERT ON item BEGIN INSERT INTO past (c1, " +
           fields + ") VALUES (" + list("new.c", "") +
           "); END;"
           "CREATE TRIGGER updated AFTER UPDATE ON item BEGIN INSERT INTO past (c1, " +
           fields + ") VALUES (" + list("new.c", "") + "); END;";
}

std::string upsert() {
    std::string set, differs;
    for (int i = 2; i <= columns; ++i) {
        const auto name = "c" + std::to_string(i);
        set += (i > 2 ? ", " : "") + name + " = excluded." + name;
        differs += (i > 2 ? " OR " : "") + name + " IS NOT excluded." + name;
    }
    return "INSERT INTO item VALUES (" + list("?", "") + ") ON CONFLICT (c1) DO UPDATE SET " + set + " WHERE " +
           differs;
}

/// Rows with keys from 1, half of the columns numbers and half of them texts; another `salt` changes one column.
std::vector<value> some_rows(std::int64_t salt) {
    std::vector<value> all;
    all.reserve(rows * columns);
    for (std::size_t row = 1; row <= rows; ++row) {
        all.emplace_back(static_cast<std::int64_t>(row));
        all.emplace_back(salt);
        for (int i = 3; i <= columns; ++i) {
            if (i % 2)
                all.emplace_back("a text of thirty letters or so " + std::to_string(row % 100));
            else
                all.emplace_back(static_cast<std::int64_t>(row * i));
        }
    }
    return all;
}

struct bench_file {
    std::filesystem::path path = std::filesystem::temp_directory_path() / "croft-db-bench.db";
    bench_file() { remove(); }
    ~bench_file() { remove(); }
    void remove() {
        for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + end);
    }
};

/// SQLite as somebody who knows it well would use it by hand.
struct raw_base {
    sqlite3* handle = nullptr;
    sqlite3_stmt* statement = nullptr;
    explicit raw_base(const std::string& path) {
        sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        nullptr);
        exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON");
    }
    ~raw_base() {
        sqlite3_finalize(statement);
        sqlite3_close(handle);
    }
    void exec(const std::string& sql) { sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr); }
    void prepare(const std::string& sql) { sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr); }
    void write(const std::vector<value>& all) {
        exec("BEGIN IMMEDIATE");
        for (std::size_t row = 0; row < all.size(); row += columns) {
            for (int i = 0; i < columns; ++i) {
                const auto& cell = all[row + i];
                if (const auto* text = std::get_if<std::string>(&cell))
                    sqlite3_bind_text(statement, i + 1, text->data(), static_cast<int>(text->size()), SQLITE_STATIC);
                else
                    sqlite3_bind_int64(statement, i + 1, *std::get_if<std::int64_t>(&cell));
            }
            if (sqlite3_step(statement) != SQLITE_DONE) std::abort();
            sqlite3_reset(statement);
        }
        exec("COMMIT");
    }
};

enum class load { inserts, changes, nothing };

/// The rows that a round writes: all new, all changed in one column, or all as they are.
std::vector<value> round_of(load kind, std::int64_t round) { return some_rows(kind == load::changes ? round : 0); }

template <load Kind>
void raw_write(benchmark::State& state) {
    const bench_file file;
    raw_base base(file.path.string());
    base.exec(schema());
    base.prepare(upsert());
    if (Kind != load::inserts) base.write(some_rows(0));
    std::int64_t round = 0;
    for (auto _ : state) {
        state.PauseTiming();
        if (Kind == load::inserts) base.exec("DELETE FROM item; DELETE FROM past");
        const auto all = round_of(Kind, ++round);
        state.ResumeTiming();
        base.write(all);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(rows) * state.iterations());
}

template <load Kind>
void croft_write(benchmark::State& state) {
    const bench_file file;
    auto body = [&]() -> task<> {
        auto base = co_await db::database::open(file.path.string(), {.survive_power_cut = false});
        co_await base->script(schema());
        const auto sql = upsert();
        if (Kind != load::inserts) co_await base->write_many(sql, some_rows(0), columns);
        std::int64_t round = 0;
        for (auto _ : state) {
            state.PauseTiming();
            if (Kind == load::inserts) co_await base->script("DELETE FROM item; DELETE FROM past");
            auto all = round_of(Kind, ++round);
            state.ResumeTiming();
            co_await base->write_many(sql, std::move(all), columns);
        }
    };
    run(body());
    state.SetItemsProcessed(static_cast<std::int64_t>(rows) * state.iterations());
}

void raw_read_by_key(benchmark::State& state) {
    const bench_file file;
    raw_base base(file.path.string());
    base.exec(schema());
    base.prepare(upsert());
    base.write(some_rows(0));
    sqlite3_finalize(base.statement);
    base.prepare("SELECT * FROM item WHERE c1 = ?1");
    std::int64_t key = 0;
    for (auto _ : state) {
        sqlite3_bind_int64(base.statement, 1, key++ % static_cast<std::int64_t>(rows) + 1);
        sqlite3_step(base.statement);
        for (int i = 0; i < columns; ++i) {
            if (sqlite3_column_type(base.statement, i) == SQLITE_TEXT) {
                const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(base.statement, i));
                benchmark::DoNotOptimize(std::string(text, sqlite3_column_bytes(base.statement, i)));
            } else {
                benchmark::DoNotOptimize(sqlite3_column_int64(base.statement, i));
            }
        }
        sqlite3_reset(base.statement);
    }
    state.SetItemsProcessed(state.iterations());
}

task<> read_some(db::database* base, std::size_t count, std::int64_t* key) {
    const std::string sql = "SELECT * FROM item WHERE c1 = ?1";
    for (std::size_t i = 0; i < count; ++i) {
        db::statement query{sql, {}};
        query.params.emplace_back((*key)++ % static_cast<std::int64_t>(rows) + 1);
        const auto answer = co_await base->read(std::move(query));
        benchmark::DoNotOptimize(answer.at(0, 2).text());
    }
}

/// range(0) tasks read at the same time.
void croft_read_by_key(benchmark::State& state) {
    const bench_file file;
    auto body = [&]() -> task<> {
        auto base = co_await db::database::open(file.path.string(), {.survive_power_cut = false});
        co_await base->script(schema());
        co_await base->write_many(upsert(), some_rows(0), columns);
        std::int64_t key = 0;
        for (auto _ : state) {
            group readers;
            for (int i = 0; i < state.range(0); ++i) readers.spawn(read_some(base.get(), 100, &key));
            co_await readers.wait();
        }
    };
    run(body());
    state.SetItemsProcessed(state.iterations() * state.range(0) * 100);
}

enum class single { update, insert };

/// Its parameter is a key that exists, or one that doesn't.
template <single Kind>
constexpr const char* single_sql = Kind == single::update ? "UPDATE item SET c2 = c2 + 1 WHERE c1 = ?1"
                                                          : "INSERT INTO item (c1, c2, c3) VALUES (?1, 1, 'text')";

template <single Kind>
std::int64_t next_key(std::int64_t* key) {
    const auto n = (*key)++;
    return Kind == single::update ? n % static_cast<std::int64_t>(rows) + 1 : n + static_cast<std::int64_t>(rows) + 1;
}

template <single Kind>
task<> write_some(db::database* base, int count, std::int64_t* key) {
    for (int i = 0; i < count; ++i) {
        db::statement change{single_sql<Kind>, {}};
        change.params.emplace_back(next_key<Kind>(key));
        co_await base->write(std::move(change));
    }
}

/// range(0) tasks write one row at a time, each in a transaction of its own; range(1): a commit is on the disk.
template <single Kind>
void croft_single_writes(benchmark::State& state) {
    const bench_file file;
    auto body = [&]() -> task<> {
        auto base = co_await db::database::open(file.path.string(), {.survive_power_cut = state.range(1) != 0});
        co_await base->script(schema());
        co_await base->write_many(upsert(), some_rows(0), columns);
        std::int64_t key = 0;
        for (auto _ : state) {
            group writers;
            for (int i = 0; i < state.range(0); ++i) writers.spawn(write_some<Kind>(base.get(), 20, &key));
            co_await writers.wait();
        }
    };
    run(body());
    state.SetItemsProcessed(state.iterations() * state.range(0) * 20);
}

/// range(0): a commit is on the disk.
template <single Kind>
void raw_single_writes(benchmark::State& state) {
    const bench_file file;
    raw_base base(file.path.string());
    base.exec(schema());
    base.prepare(upsert());
    base.write(some_rows(0));
    sqlite3_finalize(base.statement);
    base.prepare(single_sql<Kind>);
    if (state.range(0) != 0) base.exec("PRAGMA synchronous=FULL");
    std::int64_t key = 0;
    for (auto _ : state) {
        sqlite3_bind_int64(base.statement, 1, next_key<Kind>(&key));
        if (sqlite3_step(base.statement) != SQLITE_DONE) std::abort();
        sqlite3_reset(base.statement);
    }
    state.SetItemsProcessed(state.iterations());
}

BENCHMARK(raw_write<load::inserts>)->UseRealTime();
BENCHMARK(croft_write<load::inserts>)->UseRealTime();
BENCHMARK(raw_write<load::changes>)->UseRealTime();
BENCHMARK(croft_write<load::changes>)->UseRealTime();
BENCHMARK(raw_write<load::nothing>)->UseRealTime();
BENCHMARK(croft_write<load::nothing>)->UseRealTime();
BENCHMARK(raw_read_by_key)->UseRealTime();
BENCHMARK(croft_read_by_key)->Arg(1)->Arg(8)->Arg(64)->UseRealTime();
BENCHMARK(raw_single_writes<single::update>)->Arg(0)->Arg(1)->UseRealTime();
BENCHMARK(croft_single_writes<single::update>)->Args({1, 0})->Args({64, 0})->Args({1, 1})->Args({64, 1})->UseRealTime();
BENCHMARK(raw_single_writes<single::insert>)->Arg(0)->Arg(1)->UseRealTime();
BENCHMARK(croft_single_writes<single::insert>)->Args({1, 0})->Args({64, 0})->Args({1, 1})->Args({64, 1})->UseRealTime();

}  // namespace
