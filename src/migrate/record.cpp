#include "migrate/record.hpp"

#include "migrate/perform.hpp"
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

task<> lock(db::database* base) {
    if (base->kind() == db::engine::postgres)  // the number is this use's, and nobody else's
        co_await base->write({"SELECT pg_advisory_xact_lock(7421835690127)"});
    else
        co_await base->read(db::statement{"SELECT 1"});  // BEGIN IMMEDIATE goes with it
}

task<> perform_outside(db::database* base, std::vector<step> steps, const numbered* migration) {
    const auto there = co_await read_shape(base);
    std::int64_t done = 0;
    for (auto& one : co_await read_applied(base, &there))
        if (one.name == migration->name && one.begun) done = one.steps_done;
    for (; done < static_cast<std::int64_t>(steps.size()); ++done) {
        co_await remember(base, {migration->name, migration->hash, true, done}, "");
        co_await perform(base, {steps[static_cast<std::size_t>(done)]}, migration->name);
    }
    std::string sql;
    for (auto& one : steps) sql += to_text(one) + "\n";
    co_await remember(base, {migration->name, migration->hash, false, done}, std::move(sql));
}

}  // namespace croft::migrations
