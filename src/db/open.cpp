#include "db/database.hpp"
#include "db/postgres/postgres_database.hpp"
#include "db/sqlite/sqlite_database.hpp"

namespace croft::db {

task<std::unique_ptr<database>> database::open(std::string url, options settings) {
    const std::string_view all = url;
    if (all.starts_with("postgres://") || all.starts_with("postgresql://"))
        co_return co_await postgres::open(std::move(url), settings);
    std::string_view path = all;
    if (path.starts_with("sqlite:")) {
        path.remove_prefix(7);
        if (path.starts_with("//")) path.remove_prefix(2);  // sqlite:///srv/app.db
    } else if (path.find("://") != path.npos) {
        throw config_error("no database can be opened by a URL that starts with '" +
                           url.substr(0, url.find("://") + 3) + "'; use sqlite:PATH or postgresql://…");
    }
    if (path.empty()) throw config_error("the database URL '" + url + "' names no file; use sqlite:PATH");
    std::string file(path);
    co_return co_await sqlite::open(std::move(url), std::move(file), settings);
}

}  // namespace croft::db
