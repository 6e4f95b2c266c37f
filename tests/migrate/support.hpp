// What the tests of migrations share: programs made of operations, and databases that are looked into.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "croft/migration.hpp"
#include "history/history.hpp"
#include "migrate/migrator.hpp"
#include "migrate/print.hpp"
#include "migrate/tables.hpp"
#include "runtime/loop.hpp"
#include "support/engines.hpp"

namespace croft::migrations {

using operations = std::vector<operation>;

inline schema made_by(const operations& steps, schema from = {}) {
    for (auto& step : steps) replay(from, step);
    return from;
}

inline std::string text_of(const operations& steps) {
    std::string out;
    for (auto& step : steps) out += to_cpp(step) + "\n";
    return out;
}

/// The SQL of operations, each on what those before it made.
inline std::string sql_of(const operations& steps, schema from = {}, db::engine engine = db::engine::sqlite) {
    std::string out;
    for (auto& one : steps) {
        for (auto& step : steps_of(one, from, engine)) out += to_text(step) + "\n";
        replay(from, one);
    }
    return out;
}

/// A program with migrations 0001_a, 0002_b …
inline program program_of(std::vector<operations> all) {
    std::vector<listed_migration> listed;
    for (auto& one : all) {
        const auto number = listed.size() + 1;
        const auto name = "000" + std::to_string(number) + "_" + std::string(1, static_cast<char>('a' + number - 1));
        listed.push_back({name, name + ".cpp:3", std::move(one)});
    }
    return program(std::move(listed));
}

inline wishes no_models() { return {{&model<croft_migration>()}, {}}; }

inline std::string failure_of(const std::exception_ptr& failure) { return describe(failure, false); }

/// A database of the test's own, which can be opened again after a crash, and by two at once. `Engines` is each_engine
/// or one_engine<…>.
template <class Engines>
struct migrating : Engines {
    virtual_clock clock{*parse_time("2026-03-01T00:00:00Z"), true};
    db::database* base = nullptr;

    template <class F>
    void in_database(F body) {
        auto outer = [&]() -> task<> {
            auto opened = co_await db::database::open(this->url());
            base = opened.get();
            runtime::scoped_local<db::database*> local(&runtime::inherited::database, base);
            co_await body();
            co_await opened->close();
        };
        run(outer(), clock);
    }

    task<agenda> migrate(const program& with, std::optional<std::string> last = {}, losing may = losing::anything) {
        const auto wanted = no_models();
        co_return co_await migrations::migrate(base, &wanted, &with, {std::move(last), may});
    }
    task<agenda> look(const program& with) {
        const auto wanted = no_models();
        co_return co_await migrations::look(base, &wanted, &with, {});
    }
    /// The message of what migrating throws; empty: nothing.
    task<std::string> refusal(const program& with, std::optional<std::string> last = {},
                              losing may = losing::by_applying) {
        std::string said;
        try {
            co_await migrate(with, last, may);
        } catch (const std::exception& e) {
            said = e.what();
        }
        co_return said;
    }

    task<std::string> cell(std::string sql) {
        const auto rows = co_await base->read(db::statement{std::move(sql), {}});
        co_return rows.empty() ? "(no row)" : croft::to_text(rows.at(0, 0).to_value());
    }
    static std::string whole_text(const db::cell_view& cell) {
        return cell.type() == db::cell_type::text ? "\"" + std::string(cell.text()) + "\""
                                                  : croft::to_text(cell.to_value());
    }
    /// Rows as lines, cells with spaces between.
    task<std::string> rows(std::string sql) {
        const auto found = co_await base->read(db::statement{std::move(sql), {}});
        std::string out;
        for (std::size_t i = 0; i < found.size(); ++i) {
            for (std::size_t j = 0; j < found.width(); ++j) out += (j ? " " : "") + whole_text(found.at(i, j));
            out += "\n";
        }
        co_return out;
    }

    task<bool> has_table(std::string name) { co_return (co_await read_shape(base)).contains(name); }
    task<bool> has_index(std::string table, std::string name) {
        const auto there = co_await read_shape(base);
        const auto at = there.find(table);
        co_return at != there.end() && at->second.indexes.contains(name);
    }
    /// The shape of all that the database holds, but for Croft's own tables.
    task<std::string> dump() {
        if (base->kind() == db::engine::sqlite)
            co_return co_await rows("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'croft%' ORDER BY name");
        std::string out;
        for (auto& [name, one] : co_await read_shape(base))
            if (!name.starts_with("croft_")) out += name + "\n" + text_of(one);
        co_return out;
    }

private:
    static std::string text_of(const table_shape& one) {
        std::string out;
        for (auto& column : one.columns)
            out += fmt::format("  {} {} key {}\n", column.name, to_text(column), column.key);
        for (auto& [name, index] : one.indexes) out += fmt::format("  {}: {}\n", name, index.text);
        for (auto& [name, text] : one.triggers) out += fmt::format("  {}: {}\n", name, text);
        for (auto& check : one.checks) out += fmt::format("  CHECK ({})\n", check);
        return out;
    }
};

using fixture = migrating<test::each_engine>;
using sqlite_fixture = migrating<test::one_engine<db::engine::sqlite>>;
using postgres_fixture = migrating<test::one_engine<db::engine::postgres>>;

}  // namespace croft::migrations
