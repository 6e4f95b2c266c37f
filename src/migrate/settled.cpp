#include "migrate/settled.hpp"

#include <fmt/format.h>
#include <link.h>

#include <cstring>

#include "base/fnv.hpp"
#include "croft/task.hpp"
#include "model/sql_builder.hpp"

namespace croft::migrations {
namespace {

/// The build id among an ELF file's notes (ELF specification, "Note Section"; type NT_GNU_BUILD_ID).
std::string_view build_id_in(const char* at, std::size_t size) {
    const auto padded = [](std::size_t bytes) { return (bytes + 3) & ~std::size_t{3}; };
    while (size >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) note;
        std::memcpy(&note, at, sizeof note);
        const auto name = sizeof note, value = name + padded(note.n_namesz), end = value + padded(note.n_descsz);
        if (end > size) break;
        if (note.n_type == NT_GNU_BUILD_ID &&
            std::string_view(at + name, note.n_namesz) == std::string_view("GNU\0", 4))
            return {at + value, note.n_descsz};
        at += end;
        size -= end;
    }
    return {};
}

int find_build_id(dl_phdr_info* file, std::size_t, void* found) {
    for (int i = 0; i < file->dlpi_phnum; ++i) {
        const auto& part = file->dlpi_phdr[i];
        if (part.p_type != PT_NOTE) continue;
        const auto* notes = reinterpret_cast<const char*>(file->dlpi_addr + part.p_vaddr);
        if (auto id = build_id_in(notes, part.p_memsz); !id.empty()) *static_cast<std::string_view*>(found) = id;
    }
    return 1;  // the program itself comes first; its libraries don't matter
}

std::string_view build_id() {
    std::string_view found;
    dl_iterate_phdr(find_build_id, &found);
    return found;
}

void add(fnv_1a& to, const db::row_set& texts) {
    for (std::size_t row = 0; row < texts.size(); ++row)
        for (std::size_t column = 0; column < texts.width(); ++column) {
            const auto cell = texts.at(row, column);
            to.add(cell.is_null() ? std::string_view() : cell.text()).add(std::string_view("\0", 1));
        }
}

}  // namespace

task<std::string> settlement(db::database* base) {
    const auto program = build_id();
    if (base->kind() != db::engine::sqlite || program.empty()) co_return "";
    const auto schema = co_await base->read(db::statement{"SELECT name, sql FROM sqlite_schema"});
    bool remembers = false;
    for (std::size_t i = 0; i < schema.size(); ++i) remembers |= schema.at(i, 0).text() == "croft_migration";
    if (!remembers) co_return "";
    fnv_1a all;
    all.add(program);
    add(all, schema);
    add(all, co_await base->read(db::statement{"SELECT name, hash, state FROM croft_migration WHERE name <> ''"}));
    const auto digest = all.digest();
    co_return fmt::format("{:016x}{:016x}", static_cast<std::uint64_t>(digest >> 64),
                          static_cast<std::uint64_t>(digest));
}

task<bool> is_settled(db::database* base, std::string settlement) {
    if (settlement.empty()) co_return false;
    model_sql::builder find(base->kind());
    find << "SELECT 1 FROM croft_migration WHERE state = 'settled' AND hash = ";
    find.bind(std::move(settlement));
    co_return !(co_await base->read(std::move(find).finish())).empty();
}

task<> settle(db::database* base, std::string settlement) {
    if (settlement.empty()) co_return;
    co_await base->transaction([&]() -> task<> {
        co_await base->write({"DELETE FROM croft_migration WHERE state = 'settled'"});
        model_sql::builder note(base->kind());
        note << "INSERT INTO croft_migration (applied_at, sql, name, hash, state, steps_done) VALUES (";
        note.bind(now()) << ", '', '', ";
        note.bind(settlement) << ", 'settled', 0)";
        co_await base->write(std::move(note).finish());
    });
}

}  // namespace croft::migrations
