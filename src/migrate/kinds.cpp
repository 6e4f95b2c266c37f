#include "migrate/kinds.hpp"

#include <fmt/format.h>

#include "croft/task.hpp"
#include "migrate/print.hpp"
#include "model/sql_builder.hpp"

namespace croft::migrations {
namespace {

/// How many bytes an integer has doesn't change what it says, nor which names an enum has.
std::string kind_of(const column& of) {
    if (of.type == field_type::decimal) return fmt::format("decimal({})", of.scale);
    if (of.type >= field_type::integer16 && of.type <= field_type::integer64) return "integer";
    if (of.type == field_type::enumeration) return "text";
    column plain = of;
    plain.role = field_role::plain;
    return std::string(function_of(plain));
}

}  // namespace

kinds kinds_of(const schema& of) {
    kinds all;
    for (auto& [name, table] : of.tables())
        for (auto& one : table.columns) all[name + "." + one.name] = kind_of(stored(of, one));
    return all;
}

task<kinds> read_kinds(db::database* base, const shape* there) {
    kinds all;
    const auto at = there->find("croft_migration");
    if (base->kind() != db::engine::sqlite || at == there->end() || !at->second.find("state")) co_return all;
    const auto rows = co_await base->read(db::statement{"SELECT sql FROM croft_migration WHERE state = 'kinds'"});
    if (rows.empty()) co_return all;
    std::string_view text = rows.at(0, 0).text();
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        const auto space = line.rfind(' ');
        all.emplace(line.substr(0, space), line.substr(space + 1));
        text.remove_prefix(line.size() + 1);
    }
    co_return all;
}

task<> note_kinds(db::database* base, kinds all) {
    if (base->kind() != db::engine::sqlite) co_return;
    const auto there = co_await read_shape(base);
    if (!there.contains("croft_migration")) co_return;
    auto noted = co_await read_kinds(base, &there);
    const auto before = noted;
    for (auto& [name, kind] : all) noted[name] = kind;
    if (noted == before) co_return;
    std::string text;
    for (auto& [name, kind] : noted) text += fmt::format("{} {}\n", name, kind);
    co_await base->transaction([&]() -> task<> {
        co_await base->write({"DELETE FROM croft_migration WHERE state = 'kinds'"});
        model_sql::builder note(base->kind());
        note << "INSERT INTO croft_migration (applied_at, sql, name, hash, state, steps_done) VALUES (";
        note.bind(now()) << ", ";
        note.bind(std::move(text)) << ", '', '', 'kinds', 0)";
        co_await base->write(std::move(note).finish());
    });
}

std::vector<std::string> misread(const kinds& noted, const schema& wanted) {
    std::vector<std::string> all;
    for (auto& [name, kind] : kinds_of(wanted))
        if (const auto was = noted.find(name); was != noted.end() && was->second != kind)
            all.push_back(fmt::format(
                "{} holds {} values, and the model would read them as {}: migrations convert them; write the first one "
                "(makemigrations) with the model as it was",
                name, was->second, kind));
    return all;
}

}  // namespace croft::migrations
