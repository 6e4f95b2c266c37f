// What history costs: writes of a table with it against the same table without, and a page of the past against the
// same page of today, among 100,000 rows with 1,000,000 versions (budget: 3 times).
#include "bench/database.hpp"
#include "bench/pairs.hpp"
#include "croft/history.hpp"
#include "croft/load.hpp"
#include "model/sql.hpp"

using namespace croft;

struct Kept {
    std::int64_t id = 0;
    std::string name, type;
    std::int64_t a1 = 0, a2 = 0, a3 = 0, a4 = 0, a5 = 0;
    std::string t1, t2, t3, t4, t5;
};
CROFT_MODEL(Kept, unique<&Kept::name>, indexed<&Kept::type>, history());

struct Forgotten {
    std::int64_t id = 0;
    std::string name, type;
    std::int64_t a1 = 0, a2 = 0, a3 = 0, a4 = 0, a5 = 0;
    std::string t1, t2, t3, t4, t5;
};
CROFT_MODEL(Forgotten, unique<&Forgotten::name>, indexed<&Forgotten::type>);

namespace {

constexpr int rows = 20'000;

template <class T>
std::vector<T> some(int count, std::int64_t salt) {
    std::vector<T> all(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        auto& row = all[static_cast<std::size_t>(i)];
        row.name = fmt::format("a name of twenty letters {}", i * 7919LL % count);
        row.type = fmt::format("type {}", i % 20);
        row.a1 = salt;
        row.a2 = row.a3 = row.a4 = row.a5 = i;
        row.t1 = row.t2 = row.t3 = row.t4 = row.t5 = "a text of thirty letters or so";
    }
    return all;
}

template <class T>
task<double> seconds_to_load(std::vector<T> all) {
    const auto start = machine_clock().monotonic();
    co_await load<T>(std::move(all));
    co_return static_cast<double>((machine_clock().monotonic() - start).count()) / 1e6;
}

task<> writes() {
    const char* names[] = {"new rows", "changed rows", "unchanged rows"};
    std::vector<double> with[3], without[3];
    std::int64_t salt = 0;
    for (int round = 0; round < 7; ++round) {
        co_await db::current().script(
            "UPDATE croft_context SET retention = 'kept_history'; DELETE FROM kept; DELETE FROM kept_history; "
            "DELETE FROM forgotten");
        for (int kind = 0; kind < 3; ++kind) {
            if (kind < 2) ++salt;
            with[kind].push_back(co_await seconds_to_load(some<Kept>(rows, salt)));
            without[kind].push_back(co_await seconds_to_load(some<Forgotten>(rows, salt)));
        }
    }
    for (int kind = 0; kind < 3; ++kind) {
        std::vector<double> ratio;
        for (std::size_t i = 0; i < with[kind].size(); ++i) ratio.push_back(with[kind][i] / without[kind][i]);
        fmt::print("history, {:<16} {:>9.0f} rows/s   without {:>9.0f} rows/s   cost x {:.2f}\n", names[kind],
                   rows / bench::median(with[kind]), rows / bench::median(without[kind]), bench::median(ratio));
    }
}

/// Ten versions of each row: the past of nine of them is added as the triggers would have written it.
task<> fill_past() {
    constexpr int count = 100'000;
    co_await db::current().script(
        "UPDATE croft_context SET retention = 'kept_history'; DELETE FROM kept; DELETE FROM kept_history");
    co_await load<Kept>(some<Kept>(count, 0));
    const auto& info = model<Kept>();
    std::string columns;
    for (auto& field : info.fields) columns += ", " + field.column;
    const auto now = croft::now();
    for (int version = 9; version > 0; --version)
        co_await db::current().write({"INSERT INTO kept_history (history_from, history_to, history_change" + columns +
                                          ") SELECT ?1, ?2, 'update'" + columns + " FROM kept ORDER BY id",
                                      {now - version * 24h, now - (version - 1) * 24h}});
}

task<double> seconds_to_read(selection what) {
    std::vector<std::size_t> fields(what.model->fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) fields[i] = i;
    auto& base = db::current();
    const auto query = model_sql::select(what, fields, base.kind());
    const auto start = machine_clock().monotonic();
    for (int i = 0; i < 20; ++i)
        if ((co_await base.read(query)).empty()) throw error("the page is empty");
    co_return static_cast<double>((machine_clock().monotonic() - start).count()) / 20;
}

task<> pages() {
    co_await fill_past();
    const auto page = query<Kept>().limit(50);
    const std::pair<const char*, query_of<Kept>> all[] = {{"by id", page.order_by(f<&Kept::id>)},
                                                          {"by name", page.order_by(f<&Kept::name>)},
                                                          {"of a type", page.where(f<&Kept::type> == "type 3")}};
    for (auto& [name, today] : all) {
        std::vector<double> now, then, ratio;
        for (int round = 0; round < 15; ++round) {
            now.push_back(co_await seconds_to_read(today.what()));
            then.push_back(co_await seconds_to_read(today.as_of(croft::now() - 108h).what()));
            ratio.push_back(then.back() / now.back());
        }
        fmt::print("page of 50 {:<14} {:>7.0f} us as of then   {:>7.0f} us today   cost x {:.2f}\n", name,
                   bench::median(then), bench::median(now), bench::median(ratio));
    }
}

task<> everything(std::string path) {
    auto base = co_await db::database::open("sqlite:" + path, {.survive_power_cut = false});
    runtime::scoped_local<db::database*> local(&runtime::inherited::database, base.get());
    co_await migrations::make_tables(base.get(), all_models());
    history::attach(*base);
    co_await writes();
    co_await pages();
    co_await base->close();
}

}  // namespace

int main() {
    bench::file file("croft-history-bench.db");
    run(everything(file.path.string()));
}
