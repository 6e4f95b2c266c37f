// Models against prepared statements by the engine's own C functions, on both engines: one row of 25 columns got,
// inserted and updated, a list with related rows, a bulk insert; and what a query costs by itself, to be built.
// Targets: within 1.5 times for single rows, 1.3 times for the rest.
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>

#include "bench/database.hpp"
#include "bench/pairs.hpp"
#include "bench/raw_postgres.hpp"
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

constexpr int rows = 20'000, listed = 500, parts_each = 4, lists = 10, gets = 1000, writes = 200;

/// "name, a1, …, t11", or with `one` made of each: all but the id.
std::string columns(const std::function<std::string(std::size_t, const std::string&)>& one = {}) {
    std::string text;
    const auto& fields = model<Wide>().fields;
    for (std::size_t i = 1; i < fields.size(); ++i)
        text += (i > 1 ? ", " : "") + (one ? one(i, fields[i].column) : fields[i].column);
    return text;
}

/// The members in the order of the columns, given to integer(…) or text(…).
template <class Row, class Integer, class Text>
void each_member(Row& w, Integer integer, Text text) {
    text(w.name);
    for (auto* n : {&w.a1, &w.a2, &w.a3, &w.a4, &w.a5, &w.a6, &w.a7, &w.a8, &w.a9, &w.a10, &w.a11, &w.a12}) integer(*n);
    for (auto* t : {&w.t1, &w.t2, &w.t3, &w.t4, &w.t5, &w.t6, &w.t7, &w.t8, &w.t9, &w.t10, &w.t11}) text(*t);
}

struct wide_with_parts : Wide {
    std::vector<Part> parts;
};

/// What is compared with: the statements prepared before, on a connection of its own.
struct by_hand {
    by_hand() = default;
    by_hand(const by_hand&) = delete;
    by_hand& operator=(const by_hand&) = delete;
    virtual ~by_hand() = default;
    virtual Wide get(std::int64_t id) = 0;
    virtual void insert(const Wide& row) = 0;
    virtual void update_one_column(std::int64_t id, std::int64_t a1) = 0;
    virtual void update_all_columns(const Wide& row) = 0;
    virtual std::vector<wide_with_parts> list() = 0;
    virtual void insert_all(const std::vector<Wide>& all) = 0;
    virtual void empty() = 0;
};

class sqlite_by_hand final : public by_hand {
public:
    sqlite_by_hand(const std::string& path, const std::string& synchronous)
        : base_(path),
          get_(base_, "SELECT id, " + columns() + " FROM wide WHERE id = ?"),
          insert_(base_,
                  "INSERT INTO wide (" + columns() + ") VALUES (" + columns([](auto, auto) { return "?"; }) + ")"),
          update_one_(base_, "UPDATE wide SET a1 = ? WHERE id = ?"),
          update_all_(base_, "UPDATE wide SET " + columns([](auto, auto c) { return c + " = ?"; }) + " WHERE id = ?"),
          page_(base_, "SELECT id, " + columns() + " FROM wide ORDER BY id LIMIT " + std::to_string(listed)),
          parts_(base_,
                 "SELECT id, whole, name, size FROM part WHERE whole IN (SELECT value FROM json_each(?)) ORDER BY id") {
        base_.run("PRAGMA synchronous = " + synchronous);
    }

    Wide get(std::int64_t id) override {
        Wide w;
        sqlite3_bind_int64(get_, 1, id);
        if (sqlite3_step(get_) != SQLITE_ROW) throw std::runtime_error("no such row");
        read(get_, w);
        sqlite3_reset(get_);
        return w;
    }
    void insert(const Wide& row) override {
        bench::bind_wide(insert_, row);
        finish(insert_);
    }
    void update_one_column(std::int64_t id, std::int64_t a1) override {
        sqlite3_bind_int64(update_one_, 1, a1);
        sqlite3_bind_int64(update_one_, 2, id);
        finish(update_one_);
    }
    void update_all_columns(const Wide& row) override {
        bench::bind_wide(update_all_, row);
        sqlite3_bind_int64(update_all_, 25, row.id);
        finish(update_all_);
    }
    std::vector<wide_with_parts> list() override {
        std::vector<wide_with_parts> all;
        std::map<std::int64_t, std::size_t> places;
        std::string ids = "[";
        while (sqlite3_step(page_) == SQLITE_ROW) {
            read(page_, all.emplace_back());
            places.emplace(all.back().id, all.size() - 1);
            ids += (ids.size() > 1 ? "," : "") + std::to_string(all.back().id);
        }
        sqlite3_reset(page_);
        ids += "]";
        sqlite3_bind_text(parts_, 1, ids.data(), static_cast<int>(ids.size()), SQLITE_STATIC);
        while (sqlite3_step(parts_) == SQLITE_ROW) {
            auto& part = all[places.at(sqlite3_column_int64(parts_, 1))].parts.emplace_back();
            part.id = sqlite3_column_int64(parts_, 0);
            part.whole = sqlite3_column_int64(parts_, 1);
            part.name = text_of(parts_, 2);
            part.size = sqlite3_column_int64(parts_, 3);
        }
        sqlite3_reset(parts_);
        return all;
    }
    void insert_all(const std::vector<Wide>& all) override {
        base_.run("BEGIN IMMEDIATE");
        for (const auto& row : all) insert(row);
        base_.run("COMMIT");
    }
    void empty() override { base_.run("DELETE FROM wide"); }

private:
    static std::string text_of(sqlite3_stmt* from, int column) {
        return {reinterpret_cast<const char*>(sqlite3_column_text(from, column)),
                static_cast<std::size_t>(sqlite3_column_bytes(from, column))};
    }
    static void read(sqlite3_stmt* from, Wide& w) {
        int i = 0;
        w.id = sqlite3_column_int64(from, i++);
        each_member(w, [&](auto& n) { n = sqlite3_column_int64(from, i++); }, [&](auto& t) { t = text_of(from, i++); });
    }
    void finish(sqlite3_stmt* what) {
        if (sqlite3_step(what) != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(base_));
        sqlite3_reset(what);
    }

    bench::raw_base base_;
    bench::raw_statement get_, insert_, update_one_, update_all_, page_, parts_;
};

class postgres_by_hand final : public by_hand {
public:
    explicit postgres_by_hand(const std::string& url) : base_(url) {
        const auto number = [](auto i, auto) { return "$" + std::to_string(i); };
        const auto array = [](auto i, auto column) {
            return "$" + std::to_string(i) + (column[0] == 'a' ? "::bigint[]" : "::text[]");
        };
        base_.prepare("get", "SELECT id, " + columns() + " FROM wide WHERE id = $1");
        base_.prepare("insert", "INSERT INTO wide (" + columns() + ") VALUES (" + columns(number) + ") RETURNING id");
        base_.prepare("update_one", "UPDATE wide SET a1 = $1 WHERE id = $2");
        base_.prepare("update_all", "UPDATE wide SET " + columns([](auto i, auto column) {
                                        return column + " = $" + std::to_string(i);
                                    }) + " WHERE id = $25");
        base_.prepare("page", "SELECT id, " + columns() + " FROM wide ORDER BY id LIMIT " + std::to_string(listed));
        base_.prepare("parts", "SELECT id, whole, name, size FROM part WHERE whole = ANY ($1::bigint[]) ORDER BY id");
        base_.prepare("insert_all",
                      "INSERT INTO wide (" + columns() + ") SELECT * FROM unnest(" + columns(array) + ") RETURNING id");
    }

    Wide get(std::int64_t id) override {
        Wide w;
        read(base_.call("get", {std::to_string(id).c_str()}), 0, w);
        return w;
    }
    void insert(const Wide& row) override { call("insert", texts_of(row)); }
    void update_one_column(std::int64_t id, std::int64_t a1) override {
        call("update_one", {std::to_string(a1), std::to_string(id)});
    }
    void update_all_columns(const Wide& row) override {
        auto texts = texts_of(row);
        texts.push_back(std::to_string(row.id));
        call("update_all", texts);
    }
    std::vector<wide_with_parts> list() override {
        const auto page = base_.call("page", {});
        std::vector<wide_with_parts> all(static_cast<std::size_t>(PQntuples(page.get())));
        std::map<std::int64_t, std::size_t> places;
        std::string ids = "{";
        for (std::size_t i = 0; i < all.size(); ++i) {
            read(page, static_cast<int>(i), all[i]);
            places.emplace(all[i].id, i);
            ids += (i ? "," : "") + std::to_string(all[i].id);
        }
        ids += "}";
        const auto found = base_.call("parts", {ids.c_str()});
        for (int i = 0; i < PQntuples(found.get()); ++i) {
            auto& part = all[places.at(number(found, i, 1))].parts.emplace_back();
            part.id = number(found, i, 0);
            part.whole = number(found, i, 1);
            part.name = text(found, i, 2);
            part.size = number(found, i, 3);
        }
        return all;
    }
    void insert_all(const std::vector<Wide>& all) override {
        constexpr std::size_t rows_a_batch = 500;
        ids_.clear();
        base_.run("BEGIN");
        for (std::size_t from = 0; from < all.size(); from += rows_a_batch) {
            std::vector<std::string> arrays(24, "{");
            for (std::size_t row = from; row < std::min(all.size(), from + rows_a_batch); ++row) {
                std::size_t i = 0;
                const auto next = [&]() -> std::string& { return row > from ? arrays[i++] += ',' : arrays[i++]; };
                each_member(
                    all[row], [&](auto& n) { next() += std::to_string(n); },
                    [&](auto& t) {
                        auto& into = next() += '"';
                        for (const char c : t) {
                            if (c == '"' || c == '\\') into += '\\';
                            into += c;
                        }
                        into += '"';
                    });
            }
            for (auto& one : arrays) one += '}';
            const auto made = call("insert_all", arrays);
            for (int i = 0; i < PQntuples(made.get()); ++i) ids_.push_back(number(made, i, 0));
        }
        base_.run("COMMIT");
    }
    void empty() override { base_.run("DELETE FROM wide"); }

private:
    static std::int64_t number(const bench::postgres_result& from, int row, int column) {
        return std::strtoll(PQgetvalue(from.get(), row, column), nullptr, 10);
    }
    static std::string text(const bench::postgres_result& from, int row, int column) {
        return {PQgetvalue(from.get(), row, column), static_cast<std::size_t>(PQgetlength(from.get(), row, column))};
    }
    static void read(const bench::postgres_result& from, int row, Wide& w) {
        int i = 0;
        w.id = number(from, row, i++);
        each_member(w, [&](auto& n) { n = number(from, row, i++); }, [&](auto& t) { t = text(from, row, i++); });
    }
    static std::vector<std::string> texts_of(const Wide& row) {
        std::vector<std::string> texts;
        each_member(row, [&](auto& n) { texts.push_back(std::to_string(n)); }, [&](auto& t) { texts.push_back(t); });
        return texts;
    }
    bench::postgres_result call(const std::string& what, const std::vector<std::string>& texts) {
        std::vector<const char*> params;
        for (auto& one : texts) params.push_back(one.c_str());
        return base_.call(what, params);
    }

    bench::raw_postgres base_;
    std::vector<std::int64_t> ids_;  // of the rows inserted last, which create_all() gives too
};

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
    fmt::print("{:<54} {:>9.2f} us   by hand {:>9.2f} us   x {:.2f}\n", what, bench::median(a) / units,
               bench::median(b) / units, bench::median(ratio));
}

task<> single_writes(std::string name, by_hand* hand) {
    auto row = (co_await query<Wide>().order_by(f<&Wide::id>).first()).value();
    auto fresh = row;
    std::int64_t n = 0;
    co_await compare(
        name + ": create(), one after the other", writes,
        [&]() -> task<> {
            for (int i = 0; i < writes; ++i) co_await create(fresh);
        },
        [&] {
            for (int i = 0; i < writes; ++i) hand->insert(fresh);
        });
    co_await compare(
        name + ": update() of one column by key", writes,
        [&]() -> task<> {
            for (int i = 0; i < writes; ++i)
                co_await query<Wide>().where(f<&Wide::id> == row.id).update(set<&Wide::a1>(++n));
        },
        [&] {
            for (int i = 0; i < writes; ++i) hand->update_one_column(row.id, ++n);
        });
    co_await compare(
        name + ": save() of a row that was changed", writes,
        [&]() -> task<> {
            for (int i = 0; i < writes; ++i) {
                row.a1 = ++n;
                co_await save(row);
            }
        },
        [&] {
            for (int i = 0; i < writes; ++i) {
                row.a1 = ++n;
                hand->update_all_columns(row);
            }
        });
}

/// `hand` is another connection to the same database, but for `hand_bulk`, to one that nobody else writes.
task<> measure(std::string name, std::string url, by_hand* hand, by_hand* hand_bulk) {
    auto base = co_await db::database::open(url);
    runtime::scoped_local<db::database*> local(&runtime::inherited::database, base.get());
    const auto all = bench::wide_rows<Wide>(rows);
    std::vector<Wide> given;

    co_await compare(
        name + ": create_all(), a row", rows, [&]() -> task<> { given = co_await create_all(std::move(given)); },
        [&] { hand_bulk->insert_all(all); },
        [&]() -> task<> {
            given = all;
            co_await base->script("DELETE FROM wide");
            hand_bulk->empty();
        });

    const auto ids = co_await query<Wide>().order_by(f<&Wide::id>).limit(listed).list();
    std::vector<Part> parts;
    for (auto& one : ids)
        for (int i = 0; i < parts_each; ++i) parts.push_back({.whole = one, .name = "a part", .size = i});
    co_await create_all(parts);
    const auto first = ids.front().id;
    const auto get_by_hand = [&] {
        for (int i = 0; i < gets; ++i) hand->get(first + i % listed);
    };
    co_await compare(
        name + ": get(), one after the other", gets,
        [&]() -> task<> {
            for (int i = 0; i < gets; ++i) co_await get<Wide>(first + i % listed);
        },
        get_by_hand);
    co_await compare(
        name + ": get(), 50 tasks at the same time", gets,
        [&]() -> task<> {
            group tasks;
            for (int t = 0; t < 50; ++t)
                tasks.spawn([](std::int64_t from) -> task<> {
                    for (int i = 0; i < gets / 50; ++i) co_await get<Wide>(from + i);
                }(first + t));
            co_await tasks.wait();
        },
        get_by_hand);
    co_await compare(
        name + ": list() of 500 with 4 related rows each", listed * lists,
        [&]() -> task<> {
            for (int i = 0; i < lists; ++i)
                co_await query<Wide>().order_by(f<&Wide::id>).limit(listed).with<&Part::whole>().list();
        },
        [&] {
            for (int i = 0; i < lists; ++i) hand->list();
        });
    co_await single_writes(name, hand);
    co_await base->close();
}

/// As above, but a commit isn't brought to the disk.
task<> measure_normal(std::string url, by_hand* hand) {
    auto base = co_await db::database::open(url, {.survive_power_cut = false});
    runtime::scoped_local<db::database*> local(&runtime::inherited::database, base.get());
    co_await single_writes("SQLite, synchronous = normal", hand);
    co_await base->close();
}

task<> make_tables(std::string url) {
    auto base = co_await db::database::open(url);
    co_await base->script("DROP TABLE IF EXISTS part; DROP TABLE IF EXISTS wide");
    co_await migrations::make_tables(base.get(), {&model<Wide>(), &model<Part>()});
    co_await base->close();
}

void query_by_itself() {
    std::vector<std::size_t> fields(model<Wide>().fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) fields[i] = i;
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
}

}  // namespace

int main() {
    query_by_itself();
    {
        const bench::file ours("croft-query-bench.db"), theirs("croft-query-bench-raw.db");
        for (auto* file : {&ours, &theirs}) run(make_tables("sqlite:" + file->path.string()));
        sqlite_by_hand same(ours.path.string(), "FULL"), own(theirs.path.string(), "FULL");
        run(measure("SQLite", "sqlite:" + ours.path.string(), &same, &own));
        sqlite_by_hand normal(ours.path.string(), "NORMAL");
        run(measure_normal("sqlite:" + ours.path.string(), &normal));
    }
    const char* const url = std::getenv("CROFT_TEST_POSTGRES");
    if (!url) {
        std::puts("PostgreSQL: no server; run this by scripts/with-postgres");
        return 0;
    }
    run(make_tables(url));
    postgres_by_hand hand(url);
    run(measure("PostgreSQL", url, &hand, &hand));
}
