#include "model/shop.hpp"
#include "model/sql.hpp"

using namespace croft;

namespace {

struct schema_test : shop::fixture {};

std::string text_of(const model_info& model) {
    std::string out;
    for (auto& object : model_schema::objects_of(model, db::engine::sqlite)) out += object.sql + ";\n";
    return out;
}

}  // namespace

TEST(schema_text, a_model_becomes_this_table_and_these_indexes) {
    EXPECT_EQ(text_of(model<Item>()), R"(CREATE TABLE "item" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT NOT NULL DEFAULT '',
  "type" TEXT NOT NULL DEFAULT 'item',
  "sell_price" INTEGER NOT NULL DEFAULT 0,
  "market_price" INTEGER,
  "key" INTEGER REFERENCES "item" ("id") ON DELETE SET NULL,
  "created_at" TEXT NOT NULL DEFAULT '1970-01-01T00:00:00.000000Z',
  "modified_at" TEXT NOT NULL DEFAULT '1970-01-01T00:00:00.000000Z'
) STRICT;
CREATE UNIQUE INDEX "item_name_unique" ON "item" ("name");
CREATE INDEX "item_type_index" ON "item" ("type");
CREATE INDEX "item_key_index" ON "item" ("key");
)");
}

TEST(schema_text, selections_become_this_sql_on_each_engine) {
    selection what = query<RecipeItem>()
                         .where(f<&RecipeItem::item, &Item::type> == "meal" && f<&RecipeItem::quantity> > 1)
                         .order_by(f<&RecipeItem::quantity>.descending())
                         .limit(20)
                         .offset(40)
                         .what();
    const std::size_t columns[] = {0, 3};
    EXPECT_EQ(
        model_sql::select(what, columns, db::engine::sqlite).sql,
        R"(SELECT t0."id", t0."quantity" FROM "recipe_item" t0 LEFT JOIN "item" t1 ON t1."id" = t0."item" )"
        R"(WHERE (t1."type" = ?1) AND (t0."quantity" > ?2) ORDER BY t0."quantity" DESC, t0."id" LIMIT ?3 OFFSET ?4)");
    EXPECT_EQ(
        model_sql::select(what, columns, db::engine::postgres).sql,
        R"(SELECT t0."id", t0."quantity" FROM "recipe_item" t0 LEFT JOIN "item" t1 ON t1."id" = t0."item" )"
        R"(WHERE (t1."type" = $1) AND (t0."quantity" > $2) ORDER BY t0."quantity" DESC, t0."id" LIMIT $3 OFFSET $4)");
    const std::size_t fields[] = {1, 3, 7};
    const std::size_t key[] = {1};
    EXPECT_EQ(
        model_sql::upsert(model<Item>(), fields, key, false, db::engine::sqlite),
        R"(INSERT INTO "item" ("name", "sell_price", "modified_at") VALUES (?1, ?2, ?3) ON CONFLICT ("name") DO UPDATE )"
        R"(SET "sell_price" = excluded."sell_price", "modified_at" = excluded."modified_at" )"
        R"(WHERE "item"."sell_price" IS NOT excluded."sell_price")");
    const auto many = model_sql::insertion(model<Item>(), fields, key, db::engine::postgres);
    EXPECT_EQ(many.columns, (std::vector<std::string>{"name", "sell_price", "modified_at"}));
    EXPECT_EQ(many.key, std::vector<std::size_t>{0});
    EXPECT_EQ(many.on_conflict,
              R"( ON CONFLICT ("name") DO UPDATE SET "sell_price" = excluded."sell_price", "modified_at" = )"
              R"(excluded."modified_at" WHERE "item"."sell_price" IS DISTINCT FROM excluded."sell_price")");
}

TEST_F(schema_test, a_second_migration_has_nothing_to_do) {
    in_database([&]() -> task<> {
        EXPECT_TRUE((co_await model_schema::compare(base, wanted())).done());
        EXPECT_TRUE((co_await model_schema::migrate(base, wanted())).empty());
    });
}

TEST_F(schema_test, a_new_column_an_index_and_a_changed_trigger_are_brought_along_and_rows_stay) {
    in_database([&]() -> task<> {
        co_await create(shop::item("hoe", 5));
        co_await base->script(
            "DROP TRIGGER item_history_insert; DROP TRIGGER item_history_update; DROP TRIGGER item_history_delete; "
            "DROP INDEX item_type_index; ALTER TABLE item DROP COLUMN market_price; "
            "CREATE TRIGGER item_history_update AFTER UPDATE ON item BEGIN SELECT 1; END");
        const auto steps = co_await model_schema::migrate(base, wanted());
        EXPECT_EQ(steps.size(), 6u);
        EXPECT_TRUE((co_await model_schema::compare(base, wanted())).done());
        EXPECT_EQ((co_await query<Item>().one()).name, "hoe");
        EXPECT_EQ(co_await cell("SELECT count(*) FROM croft_migration WHERE sql LIKE 'ALTER TABLE%'"), "1");
    });
}

TEST_F(schema_test, what_would_lose_data_is_refused_with_every_reason_and_nothing_is_changed) {
    in_database([&]() -> task<> {
        co_await base->script(
            "DROP TABLE all_the_things; CREATE TABLE all_the_things (id INTEGER PRIMARY KEY, yes TEXT NOT NULL, extra "
            "TEXT NOT NULL)");
        std::string said;
        try {
            co_await model_schema::migrate(base, wanted());
        } catch (const error& e) {
            said = e.what();
        }
        EXPECT_NE(said.find("table all_the_things: column yes is TEXT in the database and INTEGER in the model"),
                  said.npos)
            << said;
        EXPECT_NE(said.find("column extra is not in the model"), said.npos) << said;
        EXPECT_EQ(co_await cell("SELECT count(*) FROM pragma_table_info('all_the_things')"), "3");
    });
}
