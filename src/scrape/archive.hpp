// What came, as it came, in the app's database: one row for each fetch, and each body once, under its SHA-256.
//
//     SELECT url, requested_at, status FROM croft_fetch ORDER BY id DESC;
//     SELECT bytes FROM croft_payload WHERE sha256 = …;      -- encoding 'gzip': gunzip it
//
// An archive that fails never fails the fetch: it says so in the log. Without a database nothing is kept. Loop thread
// only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "db/database.hpp"
#include "scrape/answer_state.hpp"

namespace croft::scrape {

/// The last good answer of a URL, as far as it is needed to ask "has it changed?".
struct kept_answer {
    std::string etag, last_modified, content_type, payload;
};

/// One row of croft_fetch.
struct fetch_record {
    std::string site, url, method;
    time_point requested_at;
    duration took{0};
    std::string error;  // empty: there is an answer
    std::optional<std::int64_t> run;
};

class archive {
public:
    /// Rows kept for each URL; the last good one always is.
    static constexpr std::int64_t rows_kept = 20;

    explicit archive(std::function<void(std::string)> log) : log_(std::move(log)) {}

    task<std::optional<kept_answer>> find(std::string site, std::string url);
    /// The body under that SHA-256; nothing when it isn't there or doesn't unpack.
    task<std::optional<std::string>> body(std::string payload);
    /// Keeps a fetch, and the body of a 200 when `with_body`; gives the body's SHA-256 then. `content` is null where
    /// there was no answer.
    task<std::string> keep(fetch_record record, std::shared_ptr<const http::answer::state> content, bool with_body);

private:
    task<db::database*> ready();
    task<> insert_payload(db::database* base, std::string sha256, std::shared_ptr<const http::answer::state> content);
    task<> insert_fetch(db::database* base, fetch_record record, std::shared_ptr<const http::answer::state> content,
                        std::string payload);
    task<> prune(db::database* base, std::string site, std::string url);

    std::function<void(std::string)> log_;
    std::set<std::string> prepared_;  // URLs of databases that have the tables
};

}  // namespace croft::scrape
