#include "migrate/settled.hpp"

#include "migrate/support.hpp"

namespace croft::migrations {

namespace {

struct settled : fixture {
    task<bool> is_now() { co_return co_await is_settled(base, co_await settlement(base)); }
    task<> settle_now() { co_await settle(base, co_await settlement(base)); }
};

program one() { return program_of({{create_table{"item", {id(), text("name")}}}}); }
program two() { return program_of({one().all()[0].operations, {add_index{"item", {"name"}}}}); }

}  // namespace

CROFT_ON_EACH_ENGINE(settled);

TEST_P(settled, nothing_is_in_an_empty_database) {
    in_database([&]() -> task<> {
        EXPECT_FALSE(co_await is_now());
        co_await settle_now();
        EXPECT_FALSE(co_await is_now());
        EXPECT_FALSE(co_await has_table("croft_migration"));
    });
}

TEST_P(settled, what_was_found_fine_stays_so_until_the_schema_or_the_migrations_change) {
    in_database([&]() -> task<> {
        co_await migrate(one());
        EXPECT_FALSE(co_await is_now());
        co_await settle_now();
        if (base->kind() != db::engine::sqlite) {
            EXPECT_FALSE(co_await is_now()) << "PostgreSQL has no cheap way to tell";
            EXPECT_EQ(co_await cell("SELECT count(*) FROM croft_migration WHERE state = 'settled'"), "0");
            co_return;
        }
        EXPECT_TRUE(co_await is_now());
        co_await base->write({"INSERT INTO item (name) VALUES ('hoe')"});
        EXPECT_TRUE(co_await is_now()) << "rows are no schema";
        co_await base->script("CREATE INDEX by_hand ON item (name)");
        EXPECT_FALSE(co_await is_now());
        co_await base->script("DROP INDEX by_hand");
        EXPECT_TRUE(co_await is_now());
        co_await migrate(two());
        EXPECT_FALSE(co_await is_now());
        co_await settle_now();
        EXPECT_TRUE(co_await is_now());
        co_await base->write({"UPDATE croft_migration SET hash = 'another' WHERE name = '0002_b'"});
        EXPECT_FALSE(co_await is_now());
        EXPECT_EQ(co_await cell("SELECT count(*) FROM croft_migration WHERE state = 'settled'"), "1");
    });
}

}  // namespace croft::migrations
