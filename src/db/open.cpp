#include "db/database.hpp"
#include "db/postgres/postgres_database.hpp"
#include "db/sqlite/sqlite_database.hpp"
#include "db/url.hpp"

namespace croft::db {

task<std::unique_ptr<database>> database::open(std::string url, options settings) {
    auto where = read_url(url);
    if (where.kind == engine::postgres) co_return co_await postgres::open(std::move(url), settings);
    co_return co_await sqlite::open(std::move(url), std::move(where.file), settings);
}

}  // namespace croft::db
