#include "model/ddl.hpp"
#include "model/shop.hpp"
#include "model/sql.hpp"
using namespace croft;

namespace {

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
        model_sql::upsert(model<Item>(), fields, key, {}, db::engine::sqlite),
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
