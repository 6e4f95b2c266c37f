// The model layer against hand-written prepared statements by SQLite's C functions, on the same tables: one row by its
// key, a list with its relations, a bulk insert; and what a query costs by itself, to be built and read. 25 columns.
#include <functional>
#include <map>

#include "bench/database.hpp"
#include "bench/pairs.hpp"
#include "bench/raw_sqlite.hpp"
#include "bench/wide.hpp"
#include "croft/related.hpp"
#include "model/sql.hpp"

using namespace croft;

struct Wide {
    std::int64_t id = 0;
    std::string name;
    std::int64_t a1 = 0, a2 = 0, a3 = 0, a4 = 0, a5 = 0, a6 = 0, a7 = 0, a8 = 0, a9 = 0, a10 = 0, a11 = 0, a12 = 0;
    std::string t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11;
};
CROFT_MODEL(Wide);

struct Part {
    std::int64_t id = 0;
    ref<Wide, "parts"> whole;
    std::string name;
    std::int64_t size = 0;
};
CROFT_MODEL(Part);

namespace {

constexpr int rows = 20'000, listed = 500, parts_each = 4;

std::string text_of(sqlite3_stmt* from, int column) {
    return {reinterpret_cast<const char*>(sqlite3_column_text(from, column)),
            static_cast<std::size_t>(sqlite3_column_bytes(from, column))};
}

void read_wide(sqlite3_stmt* from, Wide& w) {
    int i = 0;
    w.id = sqlite3_column_int64(from, i++);
    w.name = text_of(from, i++);
    for (auto* n : {&w.a1, &w.a2, &w.a3, &w.a4, &w.a5, &w.a6, &w.a7, &w.a8, &w.a9, &w.a10, &w.a11, &w.a12})
        *n = sqlite3_column_int64(from, i++);
    for (auto* t : {&w.t1, &w.t2, &w.t3, &w.t4, &w.t5, &w.t6, &w.t7, &w.t8, &w.t9, &w.t10, &w.t11})
        *t = text_of(from, i++);
}

/// The rows with what belongs to them, by two statements prepared before.
std::size_t list_raw(sqlite3_stmt* wides, sqlite3_stmt* parts) {
    struct with_parts : Wide {
        std::vector<Part> parts;
    };
    std::vector<with_parts> all;
    std::map<std::int64_t, std::size_t> places;
    std::string ids = "[";
    while (sqlite3_step(wides) == SQLITE_ROW) {
        read_wide(wides, all.emplace_back());
        places.emplace(all.back().id, all.size() - 1);
        ids += (ids.size() > 1 ? "," : "") + std::to_string(all.back().id);
    }
    sqlite3_reset(wides);
    ids += "]";
    sqlite3_bind_text(parts, 1, ids.data(), static_cast<int>(ids.size()), SQLITE_STATIC);
    std::size_t count = 0;
    for (; sqlite3_step(parts) == SQLITE_ROW; ++count) {
        auto& part = all[places.at(sqlite3_column_int64(parts, 1))].parts.emplace_back();
        part.id = sqlite3_column_int64(parts, 0);
        part.whole = sqlite3_column_int64(parts, 1);
        part.name = text_of(parts, 2);
        part.size = sqlite3_column_int64(parts, 3);
    }
    sqlite3_reset(parts);
    return count;
}

void insert_raw(bench::raw_base& base, const std::vector<Wide>& all) {
    std::string columns, places;
    const auto& fields = model<Wide>().fields;
    for (std::size_t i = 1; i < fields.size(); ++i) {
        columns += (i > 1 ? ", " : "") + fields[i].column;
        places += i > 1 ? ", ?" : "?";
    }
    bench::raw_statement insert(base, "INSERT INTO wide (" + columns + ") VALUES (" + places + ")");
    base.run("BEGIN IMMEDIATE");
    for (const auto& w : all) {
        bench::bind_wide(insert, w);
        if (sqlite3_step(insert) != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(base));
        sqlite3_reset(insert);
    }
    base.run("COMMIT");
}

/// Both in turn, `before` each round what isn't measured: medians, and the median of the ratios round by round.
task<> compare(std::string what, double units, std::function<task<>()> ours, std::function<void()> theirs,
               std::function<task<>()> before = {}) {
    std::vector<double> a, b, ratio;
    for (int round = 0; round < 10; ++round) {
        if (before) co_await before();
        const auto start = machine_clock().monotonic();
        co_await ours();
        a.push_back(static_cast<double>((machine_clock().monotonic() - start).count()));
        b.push_back(bench::seconds(theirs) * 1e6);
        ratio.push_back(a.back() / b.back());
    }
    fmt::print("{:<44} {:>9.2f} us   by hand {:>9.2f} us   x {:.2f}\n", what, bench::median(a) / units,
               bench::median(b) / units, bench::median(ratio));
}

task<> measure(bench::raw_base* raw, std::string path) {
    auto base = co_await db::database::open("sqlite:" + path, {.survive_power_cut = false});
    runtime::scoped_local<db::database*> local(&runtime::inherited::database, base.get());
    co_await migrations::make_tables(base.get(), all_models());
    const auto all = bench::wide_rows<Wide>(rows);
    std::vector<Wide> given;
    co_await compare(
        "bulk insert, a row", rows, [&]() -> task<> { given = co_await create_all(std::move(given)); },
        [&] { insert_raw(*raw, all); },
        [&]() -> task<> {
            given = all;
            co_await base->script("DELETE FROM wide");  // costs more with Croft, which looks for references to the rows
            raw->run("DELETE FROM wide");
        });

    const auto ids = co_await query<Wide>().order_by(f<&Wide::id>).limit(listed).list();
    std::vector<Part> parts;
    for (auto& one : ids)
        for (int i = 0; i < parts_each; ++i) parts.push_back({.whole = one, .name = "a part", .size = i});
    co_await create_all(parts);

    std::string columns;
    for (auto& field : model<Wide>().fields) columns += (columns.empty() ? "" : ", ") + field.column;
    bench::raw_base own(path);
    bench::raw_statement one(own, "SELECT " + columns + " FROM wide WHERE id = ?");
    bench::raw_statement many(own, "SELECT " + columns + " FROM wide ORDER BY id LIMIT " + std::to_string(listed));
    bench::raw_statement children(
        own, "SELECT id, whole, name, size FROM part WHERE whole IN (SELECT value FROM json_each(?)) ORDER BY id");

    const auto first = ids.front().id;
    const auto raw_get = [&] {
        for (int i = 0; i < 1000; ++i) {
            Wide w;
            sqlite3_bind_int64(one, 1, first + i % listed);
            if (sqlite3_step(one) != SQLITE_ROW) throw std::runtime_error("no such row");
            read_wide(one, w);
            sqlite3_reset(one);
        }
    };
    co_await compare(
        "get, one after the other", 1000,
        [&]() -> task<> {
            for (int i = 0; i < 1000; ++i) co_await get<Wide>(first + i % listed);
        },
        raw_get);
    co_await compare(
        "get, 50 tasks at the same time", 1000,
        [&]() -> task<> {
            group tasks;
            for (int t = 0; t < 50; ++t)
                tasks.spawn([](std::int64_t from) -> task<> {
                    for (int i = 0; i < 20; ++i) co_await get<Wide>(from + i);
                }(first + t));
            co_await tasks.wait();
        },
        raw_get);
    constexpr int lists = 10;
    co_await compare(
        "list of 500 with 4 related rows each", listed * lists,
        [&]() -> task<> {
            for (int i = 0; i < lists; ++i)
                co_await query<Wide>().order_by(f<&Wide::id>).limit(listed).with<&Part::whole>().list();
        },
        [&] {
            for (int i = 0; i < lists; ++i) list_raw(many, children);
        });

    // The driver alone, with the SQL made anew each time: what get() costs beyond that is the reading of the row.
    const std::vector<std::size_t> fields = [] {
        std::vector<std::size_t> list(25);
        for (std::size_t i = 0; i < list.size(); ++i) list[i] = i;
        return list;
    }();
    const auto what = query<Wide>().where(f<&Wide::id> == first).limit(2).what();
    std::vector<double> driver;
    for (int round = 0; round < 10; ++round) {
        const auto start = machine_clock().monotonic();
        for (int i = 0; i < 1000; ++i) co_await base->read(model_sql::select(what, fields, base->kind()));
        driver.push_back(static_cast<double>((machine_clock().monotonic() - start).count()) / 1000);
    }
    fmt::print("{:<44} {:>9.2f} us\n", "the driver alone", bench::median(driver));
    bench::single("a query built, and its SQL", 1000, [&] {
        for (int i = 0; i < 1000; ++i) {
            const auto made = query<Wide>()
                                  .where(f<&Wide::a1> > i && f<&Wide::name> == "x")
                                  .order_by(f<&Wide::a2>.descending())
                                  .limit(20)
                                  .what();
            if (model_sql::select(made, fields, db::engine::sqlite).sql.empty()) throw std::runtime_error("no SQL");
        }
    });
    co_await base->close();
}

}  // namespace

int main() {
    bench::file ours("croft-query-bench.db"), theirs("croft-query-bench-raw.db");
    auto tables = [&]() -> task<> {
        auto base = co_await db::database::open("sqlite:" + theirs.path.string(), {.survive_power_cut = false});
        co_await migrations::make_tables(base.get(), all_models());
        co_await base->close();
    };
    run(tables());
    bench::raw_base raw(theirs.path.string());
    run(measure(&raw, ours.path.string()));
}
