#include "migrate/shape.hpp"

#include <algorithm>

#include "migrate/differ.hpp"
#include "migrate/steps.hpp"

namespace croft::migrations {

const column_shape* table_shape::find(std::string_view name) const {
    const auto at = std::ranges::find(columns, name, &column_shape::name);
    return at == columns.end() ? nullptr : &*at;
}

task<shape> read_shape(db::database* base) {
    return base->kind() == db::engine::sqlite ? detail::read_shape_sqlite(base) : detail::read_shape_postgres(base);
}

namespace {

std::string text_of(const relation& made) {
    std::string all = made.table.sql + ";\n";
    for (auto* some : {&made.indexes, &made.attached})
        for (auto& one : *some) all += one.sql + ";\n";
    return all;
}

task<shape> shape_in_memory(std::string sql) {
    const auto base = co_await db::database::open("sqlite::memory:", {.readers = 1});
    try {
        co_await base->script(std::move(sql));
    } catch (const db::error& why) {  // of a database that nobody has named
        throw error("the models' tables can't be made: " + std::string(why.what()).substr(base->url().size() + 2));
    }
    auto found = co_await detail::read_shape_sqlite(base.get());
    co_await base->close();
    co_return found;
}

}  // namespace

std::string creation_of(const schema& wanted, db::engine engine) {
    std::string all;
    if (engine == db::engine::sqlite) {  // takes tables in any order
        for (auto& [name, one] : wanted.tables())
            for (auto& made : relations_of(wanted, one, engine)) all += text_of(made);
        return all;
    }
    schema now;
    for (auto& operation : compare(now, wanted).operations) {
        for (auto& one : steps_of(operation, now, engine)) all += one.text + ";\n";
        replay(now, operation);
    }
    return all;
}

task<shape> shape_of(std::string sql, db::database* base) {
    if (base->kind() == db::engine::sqlite) co_return co_await shape_in_memory(std::move(sql));
    co_return co_await detail::shape_in_schema_postgres(base, std::move(sql));
}

std::string to_text(const column_shape& of) {
    std::string out = of.type;
    if (of.not_null) out += " NOT NULL";
    if (!of.initial.empty()) out += " DEFAULT " + of.initial;
    if (!of.target.empty()) out += " REFERENCES " + of.target + " ON DELETE " + of.on_delete;
    return out;
}

}  // namespace croft::migrations
