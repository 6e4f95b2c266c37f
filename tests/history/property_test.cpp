// Random interleavings of everything that changes rows, against a simple model of what history must say of it.
#include <random>

#include "croft/load.hpp"
#include "history/check.hpp"
#include "history/seed.hpp"
#include "history/tables.hpp"
#include "runtime/run_info.hpp"
#include "support/engines.hpp"

using namespace croft;

namespace {

struct plain_row {
    std::string name;
    std::optional<std::int32_t> price;
    friend bool operator==(const plain_row&, const plain_row&) = default;
};

struct event {
    std::string kind;
    plain_row row;
    std::int64_t run = 0;
    friend bool operator==(const event&, const event&) = default;
    friend void PrintTo(const event& e, std::ostream* out) {
        *out << e.kind << " " << e.row.name << " " << e.row.price.value_or(-1) << " by " << e.run;
    }
};

/// What must be there and what history must say: rows, and each row's events. Undoing is copying it back.
struct expectation {
    std::map<std::int64_t, plain_row> rows;
    std::map<std::int64_t, std::vector<event>> events;

    void put(std::int64_t id, std::optional<plain_row> to, std::int64_t run) {
        const auto at = rows.find(id);
        if (!to) {
            if (at == rows.end()) return;
            events[id].push_back({"delete", at->second, run});
            rows.erase(at);
        } else if (at == rows.end()) {
            events[id].push_back({"insert", *to, run});
            rows.emplace(id, *to);
        } else if (at->second != *to) {
            events[id].push_back({"update", *to, run});
            at->second = *to;
        }
    }
    std::optional<std::int64_t> id_of(const std::string& name) const {
        for (auto& [id, row] : rows)
            if (row.name == name) return id;
        return std::nullopt;
    }
    /// As the row was after so many of its events.
    std::optional<plain_row> after(std::int64_t id, std::size_t count) const {
        if (count == 0) return std::nullopt;
        const auto& last = events.at(id)[count - 1];
        return last.kind == "delete" ? std::nullopt : std::optional(last.row);
    }
};

struct undone : std::runtime_error {
    undone() : std::runtime_error("undone") {}
};

struct history_property : test::each_engine {
    virtual_clock clock{*parse_time("2026-03-01T00:00:00Z"), true};
    db::database* base = nullptr;
    std::mt19937 random;
    expectation expected;
    std::vector<std::pair<time_point, std::map<std::int64_t, plain_row>>> snapshots;
    std::int64_t run_now = 0, last_run = 0;
    int reverted = 0, refused = 0;

    template <class F>
    void in_seed_database(F body) {
        auto outer = [&]() -> task<> {
            const auto opened = co_await db::database::open(url());
            base = opened.get();
            runtime::scoped_local<db::database*> local(&runtime::inherited::database, base);
            co_await history_test_tables::make(base);
            history::attach(*base);
            co_await body();
            base->set_context({}, {});
            co_await history_test_tables::drop(base);
            co_await opened->close();
        };
        run(outer(), clock);
    }

    int below(int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); }
    std::string a_name() { return "seed " + std::to_string(below(8)); }
    std::optional<std::int32_t> a_price() { return below(4) ? std::optional<std::int32_t>(below(5)) : std::nullopt; }
    static std::string sql_of(std::optional<std::int32_t> price) { return price ? std::to_string(*price) : "NULL"; }

    task<std::int64_t> id_in_database(std::string name) {
        co_return (co_await query<Seed>().where(f<&Seed::name> == name).one()).id;
    }

    task<> load_some() {
        std::map<std::string, std::optional<std::int32_t>> source;
        for (int i = below(6); i >= 0; --i) source[a_name()] = a_price();
        std::vector<Seed> rows;
        for (auto& [name, price] : source) rows.push_back({.name = name, .price = price});
        const bool whole = below(3) == 0;
        load_options options;
        options.missing = whole ? missing::remove : missing::keep;
        options.max_removed_share = 1;
        co_await load<Seed>(std::move(rows), options);
        for (auto& [name, price] : source) expected.put(co_await id_in_database(name), plain_row{name, price}, run_now);
        if (!whole) co_return;
        for (auto [id, row] : std::map(expected.rows))
            if (!source.contains(row.name)) expected.put(id, std::nullopt, run_now);
    }

    task<> edit_one() {
        const auto name = a_name();
        const auto id = expected.id_of(name);
        if (!id) co_return;
        auto row = co_await get<Seed>(*id);
        row.price = a_price();
        ++row.seen;
        co_await save(row);
        expected.put(*id, plain_row{name, row.price}, run_now);
    }

    task<> remove_one() {
        const auto id = expected.id_of(a_name());
        if (!id) co_return;
        co_await query<Seed>().where(f<&Seed::id> == *id).remove();
        expected.put(*id, std::nullopt, run_now);
    }

    /// Statements as an outsider might write them.
    task<> raw_sql() {
        const auto rest = below(3);
        const auto some = [&](std::int64_t id) { return id % 3 == rest; };
        const auto where = " WHERE id % 3 = " + std::to_string(rest);
        const auto before = expected.rows;
        switch (below(6)) {
            case 0:
                co_await base->write({"UPDATE seed SET price = coalesce(price, 0) + 1" + where});
                for (auto [id, row] : before)
                    if (some(id)) expected.put(id, plain_row{row.name, row.price.value_or(0) + 1}, run_now);
                break;
            case 1:
                co_await base->write({"UPDATE seed SET seen = seen + 1, price = price"});
                break;
            case 2:
                co_await base->write({"DELETE FROM seed" + where});
                for (auto& [id, row] : before)
                    if (some(id)) expected.put(id, std::nullopt, run_now);
                break;
            case 3: {  // may take two rows: that with the id, and that with the name
                const auto name = a_name();
                const auto price = a_price();
                const auto id = below(12) + 1;
                if (on_postgres()) {
                    co_await base->write({"TRUNCATE seed"});
                    for (auto& [gone, row] : before) expected.put(gone, std::nullopt, run_now);
                    break;
                }
                co_await base->write({"INSERT OR REPLACE INTO seed (id, name, price) VALUES (" + std::to_string(id) +
                                      ", '" + name + "', " + sql_of(price) + ")"});
                if (const auto other = expected.id_of(name); other && *other != id)
                    expected.put(*other, std::nullopt, run_now);
                expected.put(id, plain_row{name, price}, run_now);
                break;
            }
            case 4: {
                const auto name = a_name();
                const auto price = a_price();
                co_await base->write({"INSERT INTO seed (name, price) VALUES ('" + name + "', " + sql_of(price) +
                                      ") ON CONFLICT (name) DO NOTHING"});
                if (!expected.id_of(name)) expected.put(co_await id_in_database(name), plain_row{name, price}, run_now);
                break;
            }
            default: {  // another key
                const auto old = expected.id_of(a_name());
                const std::int64_t fresh = 1000 + below(1000);
                if (!old || expected.rows.contains(fresh)) break;
                co_await base->write(
                    {"UPDATE seed SET id = " + std::to_string(fresh) + " WHERE id = " + std::to_string(*old)});
                const auto row = expected.rows.at(*old);
                expected.put(*old, std::nullopt, run_now);
                expected.put(fresh, row, run_now);
            }
        }
    }

    task<> revert_one() {
        if (expected.events.empty()) co_return;
        auto at = expected.events.begin();
        std::advance(at, below(static_cast<int>(expected.events.size())));
        const auto id = at->first;
        const auto count = static_cast<std::size_t>(below(static_cast<int>(at->second.size()))) + 1;
        const auto versions = co_await history_of<Seed>(id);
        try {
            co_await revert<Seed>(id, versions.at(count - 1).version);
            expected.put(id, expected.after(id, count), run_now);
            ++reverted;
        } catch (const db::constraint_error&) {  // somebody else has the name now
            ++refused;
        }
    }

    task<> revert_a_run() {
        if (last_run == 0) co_return;
        const std::int64_t run = below(static_cast<int>(last_run)) + 1;
        bool conflict = false;
        std::map<std::int64_t, std::optional<plain_row>> targets;
        for (auto& [id, events] : expected.events) {
            const auto of_run = [&](const event& e) { return e.run == run; };
            const auto first = std::ranges::find_if(events, of_run);
            if (first == events.end()) continue;
            targets[id] = expected.after(id, static_cast<std::size_t>(first - events.begin()));
            conflict = conflict || !of_run(events.back());
        }
        // What came between two changes of the run counts as changed again only when it came last.
        try {
            co_await revert_run(run);
            EXPECT_FALSE(conflict);
            for (auto& [id, row] : targets) expected.put(id, row, run_now);
            ++reverted;
        } catch (const revert_conflict&) {
            EXPECT_TRUE(conflict);
            ++refused;
        } catch (const db::constraint_error&) {
            ++refused;
        }
    }

    task<> one_change() {
        switch (below(5)) {
            case 0:
                return load_some();
            case 1:
                return edit_one();
            case 2:
                return remove_one();
            default:
                return raw_sql();
        }
    }

    /// Savepoints in a transaction; some of them, or all of it, undone.
    task<> transaction_of_several() {
        const auto before = expected;
        try {
            co_await transaction([&]() -> task<> {
                for (int i = below(4); i >= 0; --i) {
                    const auto outside = expected;
                    try {
                        co_await transaction([&]() -> task<> {
                            co_await one_change();
                            if (below(3) == 0) throw undone();
                        });
                    } catch (const undone&) {
                        expected = outside;
                    }
                }
                if (below(4) == 0) throw undone();
            });
        } catch (const undone&) {
            expected = before;
        }
    }

    task<> step() {
        clock.advance(1s);
        if (below(3) == 0) {  // as a task's run
            auto info = std::make_shared<work::run_info>();
            info->id = run_now = ++last_run;
            runtime::scoped_local<std::shared_ptr<work::run_info>> local(&runtime::inherited::run, info);
            co_await one_change();
            co_await one_change();
            run_now = 0;
        } else if (const auto which = below(6); which == 0) {
            co_await revert_one();
        } else if (which == 1) {
            co_await revert_a_run();
        } else if (which == 2) {
            co_await transaction_of_several();
        } else {
            co_await one_change();
        }
        snapshots.emplace_back(clock.now(), expected.rows);
    }

    task<> compare() {
        std::map<std::int64_t, plain_row> rows;
        for (auto& row : co_await query<Seed>().list()) rows.emplace(row.id, plain_row{row.name, row.price});
        EXPECT_EQ(rows, expected.rows);
        for (auto& [id, events] : expected.events) {
            std::vector<event> found;
            std::optional<time_point> last;
            for (auto& change : co_await history_of<Seed>(id)) {
                const auto row = change.as<Seed>();
                found.push_back({change.kind, {row.name, row.price}, change.run.value_or(0)});
                EXPECT_TRUE(!last || change.kind == "insert" || *last == change.at)
                    << "a hole before version " << change.version;
                EXPECT_TRUE(!last || *last <= change.at);
                last = change.until;
            }
            EXPECT_EQ(found, events) << "of row " << id;
        }
        const auto& [then, as_they_were] =
            snapshots[static_cast<std::size_t>(below(static_cast<int>(snapshots.size())))];
        std::map<std::int64_t, plain_row> past;
        for (auto& row : co_await as_of(then).query<Seed>().list())
            past.emplace(row.id, plain_row{row.name, row.price});
        EXPECT_EQ(past, as_they_were) << to_text(then);
        const auto report = co_await history::check(&model<Seed>());
        EXPECT_TRUE(report.fine()) << testing::PrintToString(report.findings());
    }
};

}  // namespace

CROFT_ON_EACH_ENGINE(history_property);

TEST_P(history_property, history_says_what_happened_whatever_happens) {
    for (unsigned seed = 1; seed <= 10 && !HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        random.seed(seed);
        expected = {};
        snapshots.clear();
        last_run = 0;
        in_seed_database([&]() -> task<> {
            for (int i = 0; i < 60 && !HasFailure(); ++i) {
                co_await step();
                co_await compare();
            }
        });
    }
    EXPECT_GT(reverted, 30);
    EXPECT_GT(refused, 5);
}
