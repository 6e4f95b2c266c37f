#include <croft/every.hpp>
#include <croft/log.hpp>
#include <croft/stream.hpp>

#include "apps/versions/api.hpp"
#include "apps/versions/rows.hpp"
#include "apps/versions/store.hpp"

using namespace croft;

namespace {

stream<Version> new_versions() {
    auto versions =
        co_await query<Version>().where(f<&Version::ingested_at>.is_null()).order_by(f<&Version::protocol>).list();
    for (auto& version : versions) co_yield std::move(version);
}

void tell(const std::string& version, const std::vector<load_report>& reports) {
    std::size_t added = 0, changed = 0, removed = 0, rejected = 0;
    for (const auto& report : reports) {
        added += report.inserted, changed += report.updated, removed += report.removed;
        rejected += report.rejected.size();
        if (!report.rejected.empty()) log::warn("{}: {}", version, report);
    }
    log::info("{}: {} rows added, {} changed, {} removed, {} rejected", version, added, changed, removed, rejected);
}

}  // namespace

CROFT_CRON("H * * * *", find) {
    auto versions = (co_await api.get("/api/versions")).json();
    auto report = co_await load<Version>(version_rows.read(versions));
    if (report.written() > 0) log::info("versions found", report);
}

/// One version after another, each as the new present state; the next one is fetched while one is stored.
CROFT_CRON("*/10 * * * *", ingest, {.at_start = true}) {
    if (!co_await query<Version>().exists()) co_await find();
    auto releases = new_versions() | concurrently(2, fetch_release);
    while (auto release = co_await releases.next()) {
        const auto version = release->version.name;
        tell(version, co_await store(*std::move(release)));
    }
}
