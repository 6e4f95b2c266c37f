// A database file of a benchmark, with the tables of the program's models.
#pragma once

#include <filesystem>

#include "app/wanted_schema.hpp"
#include "db/database.hpp"
#include "history/history.hpp"
#include "migrate/migrator.hpp"
#include "runtime/loop.hpp"

namespace bench {

struct file {
    std::filesystem::path path;
    explicit file(const std::string& name) : path(std::filesystem::temp_directory_path() / name) { remove(); }
    ~file() { remove(); }
    void remove() const {
        for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + end);
    }
};

}  // namespace bench
