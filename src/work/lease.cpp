#include "work/lease.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <random>

#include "croft/log.hpp"
#include "croft/query.hpp"
#include "db/database.hpp"
#include "runtime/loop.hpp"
#include "work/tables.hpp"

namespace croft::work {
namespace {

std::string fresh_name() {
    char host[64] = "";
    gethostname(host, sizeof host - 1);
    std::random_device chance;
    return fmt::format("{}-{}-{:08x}{:08x}", host, getpid(), chance(), chance());
}

query_of<croft_process> row_of(const std::string& name) {
    return query<croft_process>().where(f<&croft_process::name> == name);
}

duration monotonic() { return runtime::loop::current().time().monotonic(); }

}  // namespace

lease::lease(duration patience) : patience_(patience), name_(fresh_name()) {}

task<> lease::renew() {
    if (co_await beat()) co_return;
    croft_process row;
    row.name = name_;
    row.beat = 1;
    co_await save(row);
}

task<bool> lease::beat() {
    auto& base = db::current();
    const char* sql = base.kind() == db::engine::sqlite
                          ? R"(UPDATE "croft_process" SET "beat" = "beat" + 1 WHERE "name" = ?1)"
                          : R"(UPDATE "croft_process" SET "beat" = "beat" + 1 WHERE "name" = $1)";
    co_return (co_await base.write({sql, {name_}})).changes > 0;
}

task<bool> lease::pulse(bool busy) {
    if (busy && !co_await beat()) {
        log::error("this process was taken for dead, as it didn't get to write for {}; what it ran is given up",
                   patience_);
        name_ = fresh_name();
        co_return false;
    }
    co_await watch();
    co_return true;
}

task<> lease::watch() {
    const auto rows = co_await query<croft_process>().where(f<&croft_process::name> != name_).list();
    const auto at = monotonic();
    std::map<std::string, sign> seen;
    for (const auto& row : rows) {
        const auto known = others_.find(row.name);
        const bool same = known != others_.end() && known->second.beat == row.beat;
        seen[row.name] = same ? known->second : sign{row.beat, at};
    }
    others_ = std::move(seen);
    for (auto& [name, last] : std::map(others_))
        if (at - last.since >= patience_) co_await bury(name, last.beat);
}

task<> lease::bury(std::string name, std::int64_t beat) {
    const auto asked = monotonic();
    bool inconclusive = false;
    co_await transaction([&]() -> task<> {
        const auto still = co_await row_of(name).where(f<&croft_process::beat> == beat).exists();
        inconclusive = !still || monotonic() - asked > beat_pause();  // it may have waited behind the same writer as we
        if (!inconclusive) co_await row_of(name).where(f<&croft_process::beat> == beat).remove();
    });
    others_.erase(name);
}

task<> lease::end() { co_await row_of(name_).remove(); }

}  // namespace croft::work
