// Tests that run the same body on SQLite and on PostgreSQL.
//
//     struct items : croft::test::each_engine {};
//     CROFT_ON_EACH_ENGINE(items);
//
//     TEST_P(items, are_counted) {
//         with_database([](db::database& base) -> task<> {
//             co_await base.script("CREATE TABLE item (name text)");
//             co_await base.write(in(base, "INSERT INTO item VALUES (?1)", {"hoe"}));
//             EXPECT_EQ(co_await count(&base, "item"), 1);
//         });
//     }
//
// which gives the tests each/items.are_counted/sqlite and each/items.are_counted/postgres. Every test has a database of
// its own, empty, and removed afterwards, so tests may run at the same time; url() opens it again. Inside with_database
// it is the current database. For what only one engine has: struct x : croft::test::one_engine<db::engine::postgres> {}
// and TEST_F.
//
// PostgreSQL's half needs a server: `make test` starts one, by hand scripts/with-postgres build/debug/bin/test_db does.
// Without one (CROFT_TEST_POSTGRES isn't set) these tests are skipped, and say so.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "db/database.hpp"
#include "db/postgres/connection.hpp"
#include "runtime/loop.hpp"

namespace croft::test {

inline std::string environment(const char* name) {
    const char* const value = std::getenv(name);
    return value ? value : "";
}

inline constexpr const char* no_server =
    "PostgreSQL tests need a server: run them with `make test`, or scripts/with-postgres PROGRAM";

/// A directory of one's own, removed afterwards.
class temporary_directory {
public:
    temporary_directory() {
        std::string name = (std::filesystem::temp_directory_path() / "croft-test-XXXXXX").string();
        path = mkdtemp(name.data());
    }
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;
    ~temporary_directory() { std::filesystem::remove_all(path); }
    std::string file(const std::string& name) const { return (path / name).string(); }

    std::filesystem::path path;
};

/// A new database on the test server at `server` (its URL), dropped afterwards, with those who still use it sent away.
class postgres_database {
public:
    explicit postgres_database(std::string server = environment("CROFT_TEST_POSTGRES"))
        : server_(std::move(server)), name_("croft_test_" + std::to_string(getpid()) + "_" + std::to_string(++last)) {
        run_script("CREATE DATABASE " + name_);
    }
    postgres_database(const postgres_database&) = delete;
    postgres_database& operator=(const postgres_database&) = delete;
    ~postgres_database() {
        try {
            run_script("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
        } catch (const std::exception& e) {
            std::fprintf(stderr, "the test's database stays: %s\n", e.what());
        }
    }
    std::string url() const { return url_of(server_, name_); }
    /// The URL of another database of the same server.
    static std::string url_of(std::string server, const std::string& database) {
        const auto question = std::min(server.find('?'), server.size());
        const auto slash = server.rfind('/', question);
        return server.replace(slash + 1, question - slash - 1, database);
    }

private:
    void run_script(std::string sql) const {  // not by a database: CREATE DATABASE stands in no transaction
        auto body = [&]() -> task<> {
            const db::options tuning;
            db::postgres::connection on(std::make_shared<const db::postgres::connection_settings>(
                db::postgres::read_address(server_, tuning), tuning));
            co_await on.open();
            co_await on.script(sql);
        };
        run(body());
    }
    static inline int last = 0;
    std::string server_, name_;
};

/// What the fixtures have in common: a database for a test, whatever its engine.
class database_for_a_test {
public:
    std::string url() const { return server_ ? server_->url() : "sqlite:" + directory_.file("test.db"); }
    std::string file(const std::string& name = "test.db") const { return directory_.file(name); }

    /// Opens the test's database, runs `body` with it as the current one and closes it.
    void with_database(std::function<task<>(db::database&)> body, db::options settings = {}) {
        with_url(url(), std::move(body), settings);
    }
    void with_url(std::string where, std::function<task<>(db::database&)> body, db::options settings = {}) {
        auto all = [&]() -> task<> {
            settings.survive_power_cut = false;  // no test cuts the power
            auto opened = co_await db::database::open(where, settings);
            runtime::scoped_local current(&runtime::inherited::database, opened.get());
            co_await body(*opened);
            co_await opened->close();
        };
        run(all());
    }

protected:
    /// False where the engine needs a server and there is none.
    bool prepare(db::engine kind) {
        if (kind != db::engine::postgres) return true;
        if (environment("CROFT_TEST_POSTGRES").empty()) return false;
        server_.emplace();
        return true;
    }

private:
    temporary_directory directory_;
    std::optional<postgres_database> server_;
};

struct each_engine : testing::TestWithParam<db::engine>, database_for_a_test {
    void SetUp() override {
        if (!prepare(GetParam())) GTEST_SKIP() << no_server;
    }
    bool on_postgres() const { return GetParam() == db::engine::postgres; }
};

template <db::engine Kind>
struct one_engine : testing::Test, database_for_a_test {
    void SetUp() override {
        if (!prepare(Kind)) GTEST_SKIP() << no_server;
    }
};

#define CROFT_ON_EACH_ENGINE(fixture)                                                           \
    INSTANTIATE_TEST_SUITE_P(                                                                   \
        each, fixture, testing::Values(croft::db::engine::sqlite, croft::db::engine::postgres), \
        [](const auto& tested) { return tested.param == croft::db::engine::sqlite ? "sqlite" : "postgres"; })

/// A statement with placeholders ?1, ?2 … as the database's engine writes them.
inline db::statement in(const db::database& base, std::string sql, std::vector<value> params = {}) {
    if (base.kind() == db::engine::postgres)
        for (std::size_t i = 0; i + 1 < sql.size(); ++i)
            if (sql[i] == '?' && sql[i + 1] >= '1' && sql[i + 1] <= '9') sql[i] = '$';
    return {std::move(sql), std::move(params)};
}

inline task<std::int64_t> number(db::database* base, std::string sql) {
    co_return (co_await base->read({std::move(sql)})).at(0, 0).integer();
}

inline task<std::int64_t> count(db::database* base, std::string table) {
    return number(base, "SELECT count(*) FROM " + table);
}

/// The first column of all rows, with commas between.
inline task<std::string> listed(db::database* base, std::string sql) {
    const auto rows = co_await base->read({std::move(sql)});
    std::string text;
    for (std::size_t i = 0; i < rows.size(); ++i) text += (i ? "," : "") + std::string(rows.at(i, 0).text());
    co_return text;
}

/// What `work` throws; empty when it throws nothing.
template <class Error = db::error>
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

}  // namespace croft::test
