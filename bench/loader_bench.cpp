// The loader against SQLite by its C functions, with the same table, history table and triggers: rows that are new,
// rows that changed, rows that are the same. 25 columns.
#include <functional>

#include "bench/database.hpp"
#include "bench/pairs.hpp"
#include "bench/raw_sqlite.hpp"
#include "bench/wide.hpp"
#include "croft/load.hpp"

using namespace croft;

struct Wide {
    std::int64_t id = 0;
    std::string name;
    std::int64_t a1 = 0, a2 = 0, a3 = 0, a4 = 0, a5 = 0, a6 = 0, a7 = 0, a8 = 0, a9 = 0, a10 = 0, a11 = 0, a12 = 0;
    std::string t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11;
};
CROFT_MODEL(Wide, unique<&Wide::name>, history());

namespace {

constexpr int rows = 20'000;

/// The same upsert by hand: prepared once, in transactions of 1,000 rows, as the loader has them.
void load_raw(bench::raw_base& base, const std::vector<Wide>& all) {
    std::string columns, places, set, differs;
    const auto& info = model<Wide>();
    for (std::size_t i = 1; i < info.fields.size(); ++i) {
        const auto& name = info.fields[i].name;
        columns += (i > 1 ? ", " : "") + name;
        places += i > 1 ? ", ?" : "?";
        if (i == 1) continue;
        set += (i > 2 ? ", " : "") + name + " = excluded." + name;
        differs += (i > 2 ? " OR " : "") + name + " IS NOT excluded." + name;
    }
    base.run("BEGIN IMMEDIATE");
    {
        bench::raw_statement upsert(base, "INSERT INTO wide (" + columns + ") VALUES (" + places +
                                              ") ON CONFLICT (name) DO UPDATE SET " + set + " WHERE " + differs);
        int done = 0;
        for (const auto& w : all) {
            if (++done % 1000 == 0) base.run("COMMIT; BEGIN IMMEDIATE");
            bench::bind_wide(upsert, w);
            if (sqlite3_step(upsert) != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(base));
            sqlite3_reset(upsert);
        }
    }
    base.run("COMMIT");
}

task<> with_database(std::string path, std::function<task<>()> body) {
    auto base = co_await db::database::open("sqlite:" + path, {.survive_power_cut = false});
    runtime::scoped_local<db::database*> local(&runtime::inherited::database, base.get());
    co_await migrations::make_tables(base.get(), all_models());
    history::attach(*base);
    co_await body();
    co_await base->close();
}

}  // namespace

int main() {
    bench::file ours("croft-loader-bench.db"), theirs("croft-loader-bench-raw.db");
    run(with_database(theirs.path.string(), []() -> task<> { co_return; }));
    bench::raw_base raw(theirs.path.string());
    raw.run("DELETE FROM croft_context");
    const std::string empty = "DELETE FROM wide; DELETE FROM wide_history";  // what the context's word allows
    auto body = [&]() -> task<> {
        std::int64_t salt = 0;
        std::vector<double> a[3], b[3];
        for (int round = 0; round < 7; ++round) {
            co_await db::current().script("UPDATE croft_context SET retention = 'wide_history'; " + empty);
            raw.run("INSERT INTO croft_context (only_one, retention) VALUES (1, 'wide_history'); " + empty +
                    "; DELETE FROM croft_context");
            for (int kind = 0; kind < 3; ++kind) {  // new, changed, the same
                if (kind < 2) ++salt;
                const auto all = bench::wide_rows<Wide>(rows, salt);
                auto copy = all;
                const auto start = machine_clock().monotonic();
                co_await load<Wide>(std::move(copy));
                a[kind].push_back(static_cast<double>((machine_clock().monotonic() - start).count()));
                b[kind].push_back(bench::seconds([&] { load_raw(raw, all); }) * 1e6);
            }
        }
        const char* names[] = {"new rows", "changed rows", "unchanged rows"};
        for (int kind = 0; kind < 3; ++kind) {
            std::vector<double> ratio;
            for (std::size_t i = 0; i < a[kind].size(); ++i) ratio.push_back(b[kind][i] / a[kind][i]);
            fmt::print("loader, {:<20} {:>9.0f} rows/s   raw SQLite {:>9.0f} rows/s   speed {:>4.0f} %\n", names[kind],
                       rows / bench::median(a[kind]) * 1e6, rows / bench::median(b[kind]) * 1e6,
                       bench::median(ratio) * 100);
        }
    };
    run(with_database(ours.path.string(), body));
}
