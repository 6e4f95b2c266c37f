#include <sqlite3.h>

#include <fstream>

#include "support.hpp"

namespace croft::db {
namespace {

struct errors_of_both : test::each_engine {};
CROFT_ON_EACH_ENGINE(errors_of_both);
using database_errors = database_test;
using testing::AllOf;
using testing::HasSubstr;

TEST_F(database_errors, constraints_name_what_they_are_about) {
    with_database([](database& base) -> task<> {
        co_await base.script(
            "CREATE TABLE type (id INTEGER PRIMARY KEY);"
            "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
            " price INTEGER CONSTRAINT price_is_positive CHECK (price > 0), type INTEGER REFERENCES type);"
            "INSERT INTO item VALUES (1, 'hoe', 1, NULL)");
        struct expected {
            const char* values;
            constraint kind;
            const char* subject;
        };
        for (auto [values, kind, subject] : {expected{"(2, 'hoe', 1, NULL)", constraint::unique, "item.name"},
                                             expected{"(1, 'axe', 1, NULL)", constraint::unique, "item.id"},
                                             expected{"(2, NULL, 1, NULL)", constraint::not_null, "item.name"},
                                             expected{"(2, 'axe', 0, NULL)", constraint::check, "price_is_positive"},
                                             expected{"(2, 'axe', 1, 9)", constraint::foreign_key, ""}}) {
            try {
                co_await base.write({std::string("INSERT INTO item VALUES ") + values});
                ADD_FAILURE() << values;
            } catch (const constraint_error& e) {
                EXPECT_EQ(e.kind(), kind) << values;
                EXPECT_EQ(e.subject(), subject);
                EXPECT_THAT(e.what(), AllOf(HasSubstr(base.url()), HasSubstr("INSERT INTO item VALUES (")));
            }
        }
    });
}

TEST_F(database_errors, a_statement_that_makes_no_sense_is_shown_shortened) {
    with_database([](database& base) -> task<> {
        const std::string sql = "SELEC\n   " + std::string(1000, 'x');
        const auto told = co_await failure_of<statement_error>(dropped(base.read({sql})));
        EXPECT_THAT(told,
                    AllOf(HasSubstr("near \"SELEC\": syntax error"), HasSubstr("in: SELEC xxx"), HasSubstr("x …")));
        EXPECT_LT(told.size(), 400u);
        EXPECT_THAT(co_await failure_of<statement_error>(dropped(base.read({"SELECT \"nam\" FROM sqlite_schema"}))),
                    HasSubstr("no such column: nam"));
    });
}

TEST_F(database_errors, parameters_too_few_or_too_many_are_counted) {
    with_database([](database& base) -> task<> {
        EXPECT_THAT(co_await failure_of<statement_error>(dropped(base.read({"SELECT ?1, ?2", {true}}))),
                    HasSubstr("takes 2 parameters, but 1 were given"));
        EXPECT_NE(co_await failure_of<statement_error>(dropped(base.write_many("SELECT ?1", {true, false, true}, 2))),
                  "");
    });
}

TEST_P(errors_of_both, reads_that_write_and_several_statements_in_one_are_refused) {
    with_database([](database& base) -> task<> {
        co_await base.script("CREATE TABLE item (n INTEGER); -- with a comment\n");
        auto reading = [&](std::string sql) {
            return failure_of<statement_error>(dropped(base.read({std::move(sql)})));
        };
        EXPECT_THAT(co_await reading("INSERT INTO item VALUES (1)"), HasSubstr("use write()"));
        EXPECT_THAT(co_await reading("SELECT 1; SELECT 2"), HasSubstr("use script()"));
        EXPECT_THAT(co_await reading("  -- nothing"), HasSubstr("the statement is empty"));
        EXPECT_EQ(co_await reading("SELECT 1; -- a comment; and more"), "");
        co_await base.transaction([&]() -> task<> {
            EXPECT_THAT(co_await reading("INSERT INTO item VALUES (1)"), HasSubstr("use write()"));
        });
        EXPECT_EQ(co_await count(&base, "item"), 0);
    });
}

TEST_P(errors_of_both, a_script_that_fails_half_way_leaves_nothing) {
    with_database([](database& base) -> task<> {
        EXPECT_NE(
            co_await failure_of<statement_error>(base.script("CREATE TABLE a (n INTEGER); CREATE TABLE a (n INTEGER)")),
            "");
        co_await base.script("CREATE TABLE a (n INTEGER)");
    });
}

TEST_F(database_errors, a_file_that_cannot_be_opened_is_named) {
    auto body = [&]() -> task<> { (void)co_await database::open("sqlite:" + file("no/such/place.db")); };
    EXPECT_THAT(croft::run(failure_of<storage_error>(body())),
                AllOf(HasSubstr("no/such/place.db"), HasSubstr("unable to open database file")));
}

TEST_F(database_errors, a_file_that_is_no_database_is_named_and_left_as_it_is) {
    const std::string text = "dear diary, " + std::string(2000, 'x');
    std::ofstream(file()) << text;
    auto body = [&]() -> task<> { (void)co_await database::open(url()); };
    EXPECT_THAT(croft::run(failure_of<storage_error>(body())),
                AllOf(HasSubstr(file()), HasSubstr("file is not a database")));
    EXPECT_EQ(std::filesystem::file_size(file()), text.size());
}

TEST_F(database_errors, urls_of_other_kinds_are_refused_without_showing_a_password) {
    auto opening = [](std::string url) -> task<> { (void)co_await database::open(std::move(url)); };
    const auto postgres = croft::run(failure_of<config_error>(opening("postgresql://me:sec/ret@host/db")));
    EXPECT_THAT(postgres, AllOf(HasSubstr("percent-encoded"), testing::Not(HasSubstr("ret@"))));
    EXPECT_THAT(croft::run(failure_of<config_error>(opening("mysql://me:secret@host/db"))),
                testing::Not(HasSubstr("secret")));
    EXPECT_THAT(croft::run(failure_of<config_error>(opening("sqlite:"))), HasSubstr("names no file"));
    for (auto* const mistyped : {"postgresql//me:secret@h/x", "postgresql:/me:secret@h/x", "POSTGRESQL://me:secret@h/x",
                                 "postgresql:", "host=h password=secret dbname=x", "password=secret", "SQLITE:x.db",
                                 "file:x.db", "x.db?mode=ro"})
        EXPECT_THAT(croft::run(failure_of<config_error>(opening(mistyped))),
                    AllOf(HasSubstr("use sqlite:PATH, sqlite::memory: or postgresql://USER"),
                          testing::Not(HasSubstr("secret"))))
            << mistyped;
    EXPECT_THAT(croft::run(failure_of<config_error>(opening("sqlite:x.db?mode=ro"))), HasSubstr("no options"));
    for (auto* const raw : {"postgresql://me:se@cret@h/x", "postgresql://me:1/secret@h/x", "postgres://me:1?secret@h"})
        EXPECT_THAT(croft::run(failure_of<config_error>(opening(raw))),
                    AllOf(HasSubstr("percent-encoded"), testing::Not(HasSubstr("cret@"))));
}

TEST_F(database_errors, a_file_that_is_only_read_stays_as_it_is) {
    const auto bytes = [&] {
        std::ifstream in(file(), std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    with_database([](database& base) -> task<> {
        co_await base.script("CREATE TABLE a (n); INSERT INTO a VALUES (7); PRAGMA user_version=3");
    });
    sqlite3* foreign = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &foreign), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(foreign, "PRAGMA journal_mode=DELETE", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(foreign);
    const auto before = bytes();
    for (const auto permissions : {std::filesystem::perms::owner_all, std::filesystem::perms::owner_read}) {
        std::filesystem::permissions(file(), permissions);
        with_database(
            [](database& base) -> task<> {
                EXPECT_EQ(co_await number(&base, "SELECT n FROM a"), 7);
                EXPECT_THAT(co_await failure_of(dropped(base.write({"DELETE FROM a"}))), HasSubstr("readonly"));
            },
            {.read_only = true});
        EXPECT_EQ(bytes(), before);
        EXPECT_FALSE(std::filesystem::exists(file() + "-wal"));
    }
    auto none = []() -> task<> { (void)co_await database::open("sqlite:/nowhere/at/all.db", {.read_only = true}); };
    EXPECT_THAT(croft::run(failure_of<storage_error>(none())), HasSubstr("/nowhere/at/all.db"));
}

TEST_F(database_errors, a_bare_path_is_a_file) {
    with_url(file(), [](database& base) -> task<> { co_await base.script("CREATE TABLE a (n)"); });
    EXPECT_TRUE(std::filesystem::exists(file()));
}

TEST_F(database_errors, a_closed_database_says_so) {
    with_database([](database& base) -> task<> {
        co_await base.close();
        EXPECT_THAT(co_await failure_of(dropped(base.read({"SELECT 1"}))), HasSubstr("has been closed"));
        EXPECT_THAT(co_await failure_of(dropped(base.write({"SELECT 1"}))), HasSubstr("has been closed"));
    });
    EXPECT_FALSE(std::filesystem::exists(file() + "-wal"));
}

}  // namespace
}  // namespace croft::db
