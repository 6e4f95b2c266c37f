// Golden tests: the SQL of history, word by word. tests/history/outsider_test.cpp shows what it does.
#include "history/seed.hpp"
#include "model/shop.hpp"

using namespace croft;

namespace {

std::string text_of(const std::vector<model_schema::object>& objects) {
    std::string out;
    for (auto& one : objects) out += one.sql + ";\n";
    return out;
}

constexpr std::string_view sqlite_sql =
#include "history/seed_sqlite.inc"
    ;
constexpr std::string_view postgres_sql =
#include "history/seed_postgres.inc"
    ;

}  // namespace

TEST(history_sql, these_are_sqlite_s_tables_indexes_and_triggers) {
    EXPECT_EQ(text_of(history::objects_of(model<Seed>(), db::engine::sqlite)), sqlite_sql);
}

TEST(history_sql, these_are_postgresql_s_functions_and_triggers) {
    EXPECT_EQ(text_of(history::triggers_of(model<Seed>(), db::engine::postgres)), postgres_sql);
}
