// Random interleavings of everything that changes rows, migrations among them, against a simple model of what history
// must say of it; rollups are compared with a computation anew on the way.
#include <fmt/format.h>

#include <list>
#include <random>

#include "croft/load.hpp"
#include "croft/rollup.hpp"
#include "history/check.hpp"
#include "history/expectation.hpp"
#include "history/history.hpp"
#include "history/seed.hpp"
#include "migrate/migrator.hpp"
#include "migrate/tables.hpp"
#include "model/rollup/rollup.hpp"
#include "model/rows.hpp"
#include "model/sql.hpp"
#include "runtime/run_info.hpp"
#include "support/engines.hpp"
#include "support/seeds.hpp"

struct SeedPrices {
    std::int64_t id = 0;
    std::optional<std::int32_t> price;
    std::int64_t count = 0, sum_seen = 0;
    std::string min_name, max_name;
};
CROFT_ROLLUP(SeedPrices, from<Seed>, by<&Seed::price>, count(), sum<&Seed::seen>, min<&Seed::name>, max<&Seed::name>);

using namespace croft;
using namespace history_expectation;

namespace {

struct undone : std::runtime_error {
    undone() : std::runtime_error("undone") {}
};

struct history_property : test::each_engine {
    virtual_clock clock{*parse_time("2026-03-01T00:00:00Z"), true};
    db::database* base = nullptr;
    std::mt19937 random;
    expectation expected;
    std::int64_t run_now = 0, last_run = 0;
    int reverted = 0, refused = 0, migrated = 0;

    migrations::wishes wanted{{&model<migrations::croft_migration>()}, {&model<Seed>(), &model<SeedPrices>()}};
    std::vector<migrations::listed_migration> listed;
    static inline std::list<migrations::described> shapes;  // for ever: the history's model of each is known by address

    /// Seeds as migrations have left them.
    static const model_info& seeds() { return shapes.back().model(); }

    int below(int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); }
    std::string a_name() { return "seed " + std::to_string(below(8)); }
    std::optional<std::int32_t> a_price() { return below(4) ? std::optional<std::int32_t>(below(5)) : std::nullopt; }
    static std::string sql_of(std::optional<std::int32_t> price) { return price ? std::to_string(*price) : "NULL"; }

    // --- migrations

    task<> migrate(std::vector<migrations::operation> steps) {
        auto all = listed;
        all.push_back({fmt::format("{:04}_step", all.size() + 1), "", std::move(steps)});
        const migrations::program program(all);
        co_await migrations::migrate(base, &wanted, &program, {{}, migrations::losing::anything});
        listed = std::move(all);
        shapes.emplace_back(program.end(), *program.end().find("seed"));
    }

    /// Some column that migrations added and that is there; nothing when there is none.
    std::optional<std::size_t> an_extra() {
        std::vector<std::size_t> there;
        for (std::size_t i = 0; i < expected.columns.size(); ++i)
            if (expected.columns[i].there) there.push_back(i);
        if (there.empty()) return std::nullopt;
        return there[static_cast<std::size_t>(below(static_cast<int>(there.size())))];
    }

    task<> add_column() {
        const std::int64_t n = below(10);
        auto column = migrations::integer32("x" + std::to_string(listed.size()));
        const auto kind = below(3);  // 5 for all; null for all; 5 for those that are there, else null
        if (kind == 0) column = column.initial(n);
        if (kind == 1) column = column.nullable();
        if (kind == 2) column = column.nullable().fill(n);
        co_await migrate({migrations::add_column{"seed", column}});
        expected.add_column({column.name, kind == 0 ? number(n) : number()}, kind == 1 ? number() : number(n));
    }

    task<> migrate_some() {
        const auto which = an_extra();
        const auto what = below(4);
        ++migrated;
        if (!which || (what == 0 && expected.columns.size() < 6)) co_return co_await add_column();
        auto& column = expected.columns[*which];
        if (what == 1) {
            const auto to = "y" + std::to_string(listed.size());
            co_await migrate({migrations::rename_column{"seed", column.name, to}});
            column.name = to;
        } else if (what == 2) {
            co_await migrate({migrations::drop_column{"seed", column.name}});
            expected.drop_column(*which);
        } else {  // one that fails at its end
            std::string failure;
            try {
                co_await migrate({migrations::drop_column{"seed", column.name}, migrations::sql{"this is no SQL"}});
            } catch (const error& e) {
                failure = e.what();
            }
            EXPECT_NE(failure, "");
        }
    }

    // --- changes

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
        for (auto& [name, price] : source)
            expected.put(co_await id_in_database(name), expected.priced(name, price), run_now);
        if (!whole) co_return;
        for (auto [id, row] : rows_by_id(expected.rows))
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
        expected.put(*id, expected.priced(name, row.price), run_now);
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
        switch (below(7)) {
            case 0:
                co_await base->write({"UPDATE seed SET price = coalesce(price, 0) + 1" + where});
                for (auto [id, row] : before) {
                    row.price = row.price.value_or(0) + 1;
                    if (some(id)) expected.put(id, row, run_now);
                }
                break;
            case 1:
                co_await base->write({"UPDATE seed SET seen = seen + 1, price = price"});
                break;
            case 2:
                co_await base->write({"DELETE FROM seed" + where});
                for (auto& [id, row] : before)
                    if (some(id)) expected.put(id, std::nullopt, run_now);
                break;
            case 3:
                co_await (on_postgres() ? truncate() : replace());
                break;
            case 4: {
                const auto name = a_name();
                const auto price = a_price();
                co_await base->write({"INSERT INTO seed (name, price) VALUES ('" + name + "', " + sql_of(price) +
                                      ") ON CONFLICT (name) DO NOTHING"});
                if (!expected.id_of(name))
                    expected.put(co_await id_in_database(name), expected.fresh(name, price), run_now);
                break;
            }
            case 5: {
                const auto which = an_extra();
                if (!which) break;
                const auto& column = expected.columns[*which].name;
                co_await base->write({"UPDATE seed SET " + column + " = coalesce(" + column + ", 0) + 1" + where});
                for (auto [id, row] : before) {
                    row.extras[*which] = row.extras[*which].value_or(0) + 1;
                    if (some(id)) expected.put(id, row, run_now);
                }
                break;
            }
            default: {  // another key
                const auto old = expected.id_of(a_name());
                const std::int64_t other = 1000 + below(1000);
                if (!old || expected.rows.contains(other)) break;
                co_await base->write(
                    {"UPDATE seed SET id = " + std::to_string(other) + " WHERE id = " + std::to_string(*old)});
                const auto row = expected.rows.at(*old);
                expected.put(*old, std::nullopt, run_now);
                expected.put(other, row, run_now);
            }
        }
    }

    task<> truncate() {
        co_await base->write({"TRUNCATE seed"});
        for (auto [id, row] : rows_by_id(expected.rows)) expected.put(id, std::nullopt, run_now);
    }

    /// May take two rows: that with the id, and that with the name. Rollups aren't told of those (docs/loading.md).
    task<> replace() {
        const auto name = a_name();
        const auto price = a_price();
        const auto id = below(12) + 1;
        co_await base->write({"INSERT OR REPLACE INTO seed (id, name, price) VALUES (" + std::to_string(id) + ", '" +
                              name + "', " + sql_of(price) + ")"});
        if (const auto other = expected.id_of(name); other && *other != id) expected.put(*other, std::nullopt, run_now);
        expected.put(id, expected.fresh(name, price), run_now);
        co_await rollup::rebuild(rollup_of(model<SeedPrices>()));
    }

    // --- the way back

    task<> revert_one() {
        if (expected.events.empty()) co_return;
        auto at = expected.events.begin();
        std::advance(at, below(static_cast<int>(expected.events.size())));
        const auto id = at->first;
        const auto count = static_cast<std::size_t>(below(static_cast<int>(at->second.size()))) + 1;
        const auto versions = co_await history_of(seeds(), std::vector<value>{id});
        try {
            co_await revert(seeds(), std::vector<value>{id}, versions.at(count - 1).version);
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
            const auto of_run = [&](const version& e) { return e.run == run; };
            const auto first = std::ranges::find_if(events, of_run);
            if (first == events.end()) continue;
            targets[id] = expected.after(id, static_cast<std::size_t>(first - events.begin()));
            conflict = conflict || !of_run(events.back());
        }
        // What came between two changes of the run counts as changed again only when it came last.
        try {
            co_await revert_changes(co_await changes_of_run(seeds(), run));
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

    // --- all together

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

    task<> as_a_run() {
        auto info = std::make_shared<work::run_info>();
        info->id = run_now = ++last_run;
        runtime::scoped_local<std::shared_ptr<work::run_info>> local(&runtime::inherited::run, info);
        co_await one_change();
        co_await one_change();
        run_now = 0;
    }

    task<> step() {
        clock.advance(1s);
        switch (below(18)) {
            case 0:
            case 1:
                co_await revert_one();
                break;
            case 2:
            case 3:
                co_await revert_a_run();
                break;
            case 4:
            case 5:
                co_await transaction_of_several();
                break;
            case 6:
                co_await migrate_some();
                break;
            case 7:
            case 8:
            case 9:
            case 10:
            case 11:
                co_await as_a_run();
                break;
            default:
                co_await one_change();
        }
        expected.past.emplace_back(clock.now(), expected.rows);
    }

    // --- what is there

    /// The columns that migrations added, for a SELECT: those that are gone are null, but not in versions.
    std::string extras(bool in_versions) const {
        std::string out;
        for (auto& one : expected.columns) out += ", " + (one.there || in_versions ? one.name : "NULL");
        return out;
    }
    static plain_row row_at(const db::row_set& rows, std::size_t row, std::size_t name) {
        const auto number_at = [&](std::size_t i) {
            return rows.at(row, i).is_null() ? number() : number(rows.at(row, i).integer());
        };
        plain_row made{std::string(rows.at(row, name).text()), number_at(name + 1), {}};
        for (std::size_t i = name + 2; i < rows.width(); ++i) made.extras.push_back(number_at(i));
        return made;
    }

    task<> compare_rows() {
        const auto rows = co_await base->read(db::statement{"SELECT id, name, price" + extras(false) + " FROM seed"});
        rows_by_id found;
        for (std::size_t i = 0; i < rows.size(); ++i) found.emplace(rows.at(i, 0).integer(), row_at(rows, i, 1));
        EXPECT_EQ(found, expected.rows);
    }

    task<> compare_events() {
        const auto rows = co_await base->read(
            db::statement{"SELECT id, history_from, history_to, history_change, history_run, name, price" +
                          extras(true) + " FROM seed_history ORDER BY history_id"});
        std::map<std::int64_t, std::vector<version>> found;
        std::map<std::int64_t, std::string> ends;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto id = rows.at(i, 0).integer();
            const std::string from(rows.at(i, 1).text()), kind(rows.at(i, 3).text());
            found[id].push_back({kind, row_at(rows, i, 5), rows.at(i, 4).is_null() ? 0 : rows.at(i, 4).integer()});
            if (const auto last = ends.find(id); last != ends.end()) {
                EXPECT_LE(last->second, from) << "before version " << i + 1 << ", of row " << id;
                if (kind != "insert") EXPECT_EQ(last->second, from) << "a hole in row " << id;
            }
            ends[id] = rows.at(i, 2).is_null() ? "open" : std::string(rows.at(i, 2).text());
        }
        EXPECT_EQ(found, expected.events);
    }

    task<> compare_past() {
        if (expected.past.empty()) co_return;
        const auto& [then, as_they_were] =
            expected.past[static_cast<std::size_t>(below(static_cast<int>(expected.past.size())))];
        selection what;
        what.model = &seeds();
        what.as_of = then;
        std::vector<std::size_t> fields{seeds().id, seeds().index_of("name"), seeds().index_of("price")};
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < expected.columns.size(); ++i)
            if (expected.columns[i].there) {
                fields.push_back(seeds().index_of(expected.columns[i].name));
                places.push_back(i);
            }
        const auto rows = co_await base->read(model_sql::select(what, fields, base->kind()));
        rows_by_id found;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto read = row_at(rows, i, 1);
            plain_row row{read.name, read.price, std::vector<number>(expected.columns.size())};
            for (std::size_t k = 0; k < places.size(); ++k) row.extras[places[k]] = read.extras[k];
            found.emplace(rows.at(i, 0).integer(), std::move(row));
        }
        EXPECT_EQ(found, as_they_were) << to_text(then);
        std::vector<std::string> named;
        for (auto& row : co_await as_of(then).query<Seed>().list()) named.push_back(row.name);
        EXPECT_EQ(named.size(), as_they_were.size());
    }

    task<> compare() {
        co_await compare_rows();
        co_await compare_events();
        co_await compare_past();
        const auto report = co_await history::check(&seeds());
        EXPECT_TRUE(report.fine()) << testing::PrintToString(report.findings());
        for (const auto& difference : co_await rollup::check(rollup_of(model<SeedPrices>())))
            ADD_FAILURE() << difference.describe();
    }

    task<> live(int steps) {
        expected = {};
        listed.clear();
        last_run = 0;
        co_await migrate(migrations::compare({}, migrations::schema_of(wanted.models)).operations);
        history::attach(*base);  // not before: its table is made by that
        for (int i = 0; i < steps && !HasFailure(); ++i) {
            co_await step();
            co_await compare();
            if (HasFailure()) std::fprintf(stderr, "it went wrong in step %d\n", i);
        }
    }

    void with_new_database(std::function<task<>()> body, unsigned seed) {
        std::optional<test::postgres_database> server;
        if (on_postgres()) server.emplace();
        const auto where = on_postgres() ? server->url() : "sqlite:" + file("seed" + std::to_string(seed) + ".db");
        auto all = [&]() -> task<> {
            const auto opened = co_await db::database::open(where);
            base = opened.get();
            runtime::scoped_local<db::database*> local(&runtime::inherited::database, base);
            co_await body();
            co_await opened->close();
        };
        run(all(), clock);
    }
};
CROFT_ON_EACH_ENGINE(history_property);

}  // namespace

TEST_P(history_property, history_and_rollups_say_what_happened_whatever_happens) {
    int lives = 0;
    test::for_seeds(8, [&](unsigned seed) {
        random.seed(seed);
        ++lives;
        with_new_database([&] { return live(60); }, seed);
    });
    if (HasFailure() || lives < 5) return;
    EXPECT_GT(reverted, 2 * lives);
    EXPECT_GT(refused, lives / 2);
    EXPECT_GT(migrated, lives);
}
