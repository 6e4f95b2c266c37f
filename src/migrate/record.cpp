#include "migrate/record.hpp"

#include <fmt/format.h>

#include "croft/task.hpp"
#include "db/postgres/postgres_database.hpp"
#include "migrate/tables.hpp"
#include "model/sql.hpp"

namespace croft::migrations {

task<std::vector<applied_migration>> read_applied(db::database* base, const shape* there) {
    std::vector<applied_migration> all;
    const auto at = there->find("croft_migration");
    if (at == there->end() || !at->second.find("state")) co_return all;  // made before there were numbered migrations
    const auto rows = co_await base->read(
        db::statement{"SELECT name, hash, state, steps_done FROM croft_migration WHERE name <> '' ORDER BY name"});
    for (std::size_t i = 0; i < rows.size(); ++i)
        all.push_back({std::string(rows.at(i, 0).text()), std::string(rows.at(i, 1).text()),
                       rows.at(i, 2).text() == "begun", rows.at(i, 3).integer()});
    co_return all;
}

task<std::string> unfinished_move(db::database* base, const shape* there) {
    if (!there->contains(move_table)) co_return "";
    const auto rows = co_await base->read(db::statement{"SELECT source FROM croft_move"});
    co_return fmt::format("{}: a move from {} isn't finished: give that command again, or begin with an empty database",
                          base->url(), rows.empty() ? "nowhere" : rows.at(0, 0).text());
}

task<> remember(db::database* base, applied_migration one, std::string sql) {
    co_await forget(base, one.name);
    model_sql::builder insert(base->kind());
    insert << "INSERT INTO croft_migration (applied_at, sql, name, hash, state, steps_done) VALUES (";
    insert.bind(now()) << ", ";
    insert.bind(std::move(sql)) << ", ";
    insert.bind(std::move(one.name)) << ", ";
    insert.bind(std::move(one.hash)) << ", ";
    insert.bind(std::string(one.begun ? "begun" : "applied")) << ", ";
    insert.bind(one.steps_done) << ")";
    co_await base->write(std::move(insert).finish());
}

task<> forget(db::database* base, std::string name) {
    if (name.empty()) co_return;
    model_sql::builder remove(base->kind());
    remove << "DELETE FROM croft_migration WHERE name = ";
    remove.bind(std::move(name));
    co_await base->write(std::move(remove).finish());
}

namespace {

// Asked for, not waited for in the server: CREATE INDEX CONCURRENTLY waits for all who run a statement meanwhile, also
// for one that waits for this lock. The number is this use's, and nobody else's.
constexpr const char* lock_transaction = "SELECT pg_try_advisory_xact_lock(7421835690127)";
constexpr const char* lock_session = "SELECT pg_try_advisory_lock(7421835690127)";
constexpr auto pause = 50ms;

}  // namespace

task<> lock(db::database* base) {
    if (base->kind() == db::engine::sqlite) {
        co_await base->read(db::statement{"SELECT 1"});  // BEGIN IMMEDIATE goes with it
        co_return;
    }
    for (;; co_await sleep(pause)) {
        const auto got = co_await base->write({lock_transaction});
        if (got.at(0, 0).integer() != 0) co_return;
    }
}

task<bool> perform_outside(db::database* base, std::vector<step> steps, const numbered* migration) {
    const auto on = co_await static_cast<db::postgres::postgres_database*>(base)->open_alone();
    for (;; co_await sleep(pause)) {
        const auto got = co_await on->trip({{{lock_session}, true}});
        if (got.at(0).at(0, 0).integer() != 0) break;
    }
    const auto there = co_await read_shape(base);
    std::size_t done = 0;
    for (auto& one : co_await read_applied(base, &there)) {
        if (one.name != migration->name) continue;
        if (!one.begun) co_return false;
        done = static_cast<std::size_t>(one.steps_done);
    }
    // An index that didn't come to its end is there, and invalid: the step before is the one that drops it.
    while (done > 0 && done < steps.size() && !steps[done].text.starts_with("DROP")) --done;
    for (; done < steps.size(); ++done) {
        co_await remember(base, {migration->name, migration->hash, true, static_cast<std::int64_t>(done)}, "");
        try {
            co_await on->script(steps[done].text);
        } catch (const std::exception& why) {
            std::throw_with_nested(error(fmt::format(
                "{}: {}; what came before is done, as it runs outside of a transaction, and migrate goes on there. The "
                "step was: {}",
                migration->name, why.what(), steps[done].text)));
        }
    }
    std::string sql;
    for (auto& one : steps) sql += to_text(one) + "\n";
    co_await remember(base, {migration->name, migration->hash, false, static_cast<std::int64_t>(done)}, std::move(sql));
    co_return true;
}

}  // namespace croft::migrations
