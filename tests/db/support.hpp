// What the database tests share: a directory of their own, and short ways to run and ask.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>

#include "db/database.hpp"
#include "runtime/loop.hpp"

namespace croft::db {

/// Each test has a new directory, removed afterwards.
struct database_test : testing::Test {
    database_test() {
        std::string name = (std::filesystem::temp_directory_path() / "croft-test-XXXXXX").string();
        directory = mkdtemp(name.data());
    }
    ~database_test() override { std::filesystem::remove_all(directory); }

    std::string file(const std::string& name = "test.db") const { return (directory / name).string(); }
    std::string url() const { return "sqlite:" + file(); }

    /// Opens the test's file, runs `body` with it as the current database and closes it.
    void with_database(std::function<task<>(database&)> body, options settings = {}) {
        with_url(url(), std::move(body), settings);
    }
    void with_url(std::string where, std::function<task<>(database&)> body, options settings = {}) {
        auto all = [&]() -> task<> {
            auto opened = co_await database::open(where, settings);
            runtime::scoped_local current(&runtime::inherited::database, opened.get());
            co_await body(*opened);
            co_await opened->close();
        };
        run(all());
    }

    std::filesystem::path directory;
};

inline task<std::int64_t> number(database* base, std::string sql) {
    co_return (co_await base->read({std::move(sql)})).at(0, 0).integer();
}

inline task<std::int64_t> count(database* base, std::string table) {
    return number(base, "SELECT count(*) FROM " + table);
}

/// What `work` throws; empty when it throws nothing.
template <class Error = error>
task<std::string> failure_of(task<> work) {
    try {
        co_await std::move(work);
    } catch (const Error& e) {
        co_return e.what();
    }
    co_return "";
}

template <class T>
task<> dropped(task<T> work) {
    (void)co_await std::move(work);
}

}  // namespace croft::db
