#include "scrape/archive.hpp"

#include <algorithm>
#include <span>

#include "runtime/loop.hpp"
#include "scrape/payload_codec.hpp"

namespace croft::scrape {

namespace {

constexpr std::size_t worth_a_thread = std::size_t{64} << 10;

/// Statements are written with SQLite's ?1; PostgreSQL's is $1. There is no other '?' in them.
db::statement make(const db::database& base, std::string sql, std::vector<value> params) {
    if (base.kind() == db::engine::postgres) std::ranges::replace(sql, '?', '$');
    return {std::move(sql), std::move(params)};
}

std::string schema(db::engine kind) {
    const bool sqlite = kind == db::engine::sqlite;
    const std::string key = sqlite ? "INTEGER PRIMARY KEY" : "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY";
    const std::string blob = sqlite ? "BLOB" : "bytea", time = sqlite ? "TEXT" : "timestamptz";
    return "CREATE TABLE IF NOT EXISTS croft_payload (sha256 TEXT PRIMARY KEY, encoding TEXT NOT NULL,"
           " size BIGINT NOT NULL, bytes " +
           blob + " NOT NULL, first_seen " + time +
           " NOT NULL);\n"
           "CREATE TABLE IF NOT EXISTS croft_fetch (id " +
           key +
           ", site TEXT NOT NULL, url TEXT NOT NULL,"
           " method TEXT NOT NULL, requested_at " +
           time +
           " NOT NULL, status BIGINT, etag TEXT, last_modified TEXT,"
           " content_type TEXT, payload TEXT, duration_ms BIGINT NOT NULL, error TEXT, run BIGINT);\n"
           "CREATE INDEX IF NOT EXISTS croft_fetch_url ON croft_fetch (site, url, id);\n"
           "CREATE INDEX IF NOT EXISTS croft_fetch_good ON croft_fetch (site, url, id) WHERE payload IS NOT NULL;\n"
           "CREATE INDEX IF NOT EXISTS croft_fetch_payload ON croft_fetch (payload);\n";
}

value text_or_null(std::string_view text) { return text.empty() ? value() : value(std::string(text)); }

std::string text_of(const db::cell_view& cell) { return cell.is_null() ? std::string() : std::string(cell.text()); }

}  // namespace

/// The task's database with our tables in it; null when there is none.
task<db::database*> archive::ready() {
    auto* const base = runtime::locals().database;
    if (!base) co_return nullptr;
    if (!prepared_.contains(base->url())) {
        co_await base->script(schema(base->kind()));
        // In a transaction they may be rolled back yet.
        if (!runtime::locals().transaction) prepared_.insert(base->url());
    }
    co_return base;
}

task<std::optional<kept_answer>> archive::find(std::string site, std::string url) {
    std::string failure;
    try {
        auto* const base = co_await ready();
        if (!base) co_return std::nullopt;
        const auto rows = co_await base->read(make(*base,
                                                   "SELECT etag, last_modified, content_type, payload FROM croft_fetch"
                                                   " WHERE site = ?1 AND url = ?2 AND payload IS NOT NULL"
                                                   " ORDER BY id DESC LIMIT 1",
                                                   {std::move(site), std::move(url)}));
        if (rows.empty()) co_return std::nullopt;
        co_return kept_answer{text_of(rows.at(0, 0)), text_of(rows.at(0, 1)), text_of(rows.at(0, 2)),
                              text_of(rows.at(0, 3))};
    } catch (const std::exception& fault) {
        failure = fault.what();
    }
    log_("the archive can't be read, fetching without it: " + failure);
    co_return std::nullopt;
}

task<std::optional<std::string>> archive::body(std::string payload) {
    std::string failure;
    try {
        auto* const base = co_await ready();
        if (!base) co_return std::nullopt;
        const auto rows = co_await base->read(
            make(*base, "SELECT encoding, size, bytes FROM croft_payload WHERE sha256 = ?1", {payload}));
        if (rows.empty()) co_return std::nullopt;
        const auto content = rows.at(0, 2).bytes();
        const auto size = static_cast<std::size_t>(rows.at(0, 1).integer());
        const auto restore = [encoding = std::string(rows.at(0, 0).text()), size,
                              packed = std::string(reinterpret_cast<const char*>(content.data()), content.size())] {
            return unpack(encoding, packed, size);
        };
        auto whole = size < worth_a_thread ? restore() : co_await offload(restore);
        if (whole) co_return whole;
        failure = "the payload " + payload + " is spoilt";
        co_await base->write(make(*base, "DELETE FROM croft_payload WHERE sha256 = ?1", {payload}));
    } catch (const std::exception& fault) {
        failure = fault.what();
    }
    log_("a kept answer can't be read, fetching it anew: " + failure);
    co_return std::nullopt;
}

task<std::string> archive::keep(fetch_record record, std::shared_ptr<const http::answer::state> content,
                                bool with_body) {
    std::string failure;
    try {
        auto* const base = co_await ready();
        if (!base) co_return std::string();
        std::string payload = content ? content->payload : std::string();
        if (with_body) {
            const auto hash = [content] { return sha256(content->reply.body); };
            payload = content->reply.body.size() < worth_a_thread ? hash() : co_await offload(hash);
        }
        co_await base->transaction([&]() -> task<> {
            if (with_body) co_await insert_payload(base, payload, content);
            co_await insert_fetch(base, record, content, payload);
            co_await prune(base, record.site, record.url);
        });
        co_return payload;
    } catch (const std::exception& fault) {
        failure = fault.what();
    }
    log_("an answer can't be kept: " + failure);
    co_return std::string();
}

task<> archive::insert_payload(db::database* base, std::string sha256,
                               std::shared_ptr<const http::answer::state> content) {
    const auto there = co_await base->read(make(*base, "SELECT 1 FROM croft_payload WHERE sha256 = ?1", {sha256}));
    if (!there.empty()) co_return;
    const auto squeeze = [content] { return pack(content->reply.body); };
    const auto size = content->reply.body.size();
    auto packed = size < worth_a_thread ? squeeze() : co_await offload(squeeze);
    co_await base->write(make(*base,
                              "INSERT INTO croft_payload (sha256, encoding, size, bytes, first_seen)"
                              " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (sha256) DO NOTHING",
                              {std::move(sha256), std::move(packed.encoding), static_cast<std::int64_t>(size),
                               std::move(packed.content), now()}));
}

task<> archive::insert_fetch(db::database* base, fetch_record record,
                             std::shared_ptr<const http::answer::state> content, std::string payload) {
    static const http::header_list none;
    const auto& headers = content ? content->reply.headers : none;
    // After a redirect these belong to another URL than the one that is asked next time.
    const bool own = content && content->reply.url == record.url;
    value status;
    if (content) status = std::int64_t{content->not_modified ? 304 : content->reply.status};
    co_await base->write(make(
        *base,
        "INSERT INTO croft_fetch (site, url, method, requested_at, status, etag, last_modified, content_type, payload,"
        " duration_ms, error, run) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        {std::move(record.site), std::move(record.url), std::move(record.method), record.requested_at, status,
         text_or_null(own ? headers["etag"] : std::string_view()),
         text_or_null(own ? headers["last-modified"] : std::string_view()), text_or_null(headers["content-type"]),
         text_or_null(payload), static_cast<std::int64_t>(record.took / 1ms), text_or_null(record.error),
         record.run ? value(*record.run) : value()}));
}

task<> archive::prune(db::database* base, std::string site, std::string url) {
    auto dropped = co_await base->write(
        make(*base,
             "DELETE FROM croft_fetch WHERE site = ?1 AND url = ?2"
             " AND id <= (SELECT id FROM croft_fetch WHERE site = ?1 AND url = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)"
             " AND id <> COALESCE((SELECT max(id) FROM croft_fetch WHERE site = ?1 AND url = ?2"
             " AND payload IS NOT NULL), 0) RETURNING payload",
             {std::move(site), std::move(url), rows_kept}));
    for (std::size_t row = 0; row < dropped.size(); ++row) {
        if (dropped.at(row, 0).is_null()) continue;
        co_await base->write(make(*base,
                                  "DELETE FROM croft_payload WHERE sha256 = ?1"
                                  " AND NOT EXISTS (SELECT 1 FROM croft_fetch WHERE payload = ?1)",
                                  {text_of(dropped.at(row, 0))}));
    }
}

}  // namespace croft::scrape
