// What a database's URL says: which engine, and which file where that is SQLite. Any thread.
//
//     read_url("sqlite:almanac.db").file   // "almanac.db"
#pragma once

#include <string>
#include <string_view>

#include "db/database.hpp"

namespace croft::db {

struct place {
    engine kind = engine::sqlite;
    std::string file;  // SQLite: a path, or ":memory:"
};

/// Throws config_error, which begins with `about` and never shows the URL: one that can't be read may hold a password
/// anywhere.
place read_url(std::string_view url, std::string_view about = "the database URL ");

}  // namespace croft::db
