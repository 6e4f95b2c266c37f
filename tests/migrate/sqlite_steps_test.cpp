// The SQL that operations become on SQLite, as text.
#include "migrate/support.hpp"

namespace croft::migrations {

namespace {

schema plain() {
    return made_by(
        {create_table{"item", {id(), text("name"), integer32("price").nullable()}}, add_unique{"item", {"name"}}});
}

}  // namespace

TEST(sqlite_steps, a_new_table_and_its_constraints) {
    EXPECT_EQ(sql_of({create_table{"item", {id(), text("name"), reference("key", "item").nullable()}},
                      add_unique{"item", {"name"}},
                      add_index{"item", {"name", descending("key")}, {.where = "key > 1"}}, drop_table{"item"}}),
              R"(CREATE TABLE "item" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT NOT NULL DEFAULT '',
  "key" INTEGER REFERENCES "item" ("id") ON DELETE CASCADE
) STRICT;
CREATE INDEX "item_key_index" ON "item" ("key");
CREATE UNIQUE INDEX "item_name_unique" ON "item" ("name");
CREATE INDEX "item_name_key_index" ON "item" ("name", "key" DESC) WHERE key > 1;
DROP TABLE "item";
)");
}

TEST(sqlite_steps, what_alter_table_can_do_it_does) {
    EXPECT_EQ(sql_of({add_column{"item", text("type").initial("seed")},
                      add_column{"item", real("weight").nullable().fill(0.5)}, rename_column{"item", "name", "title"},
                      rename_table{"item", "thing"}},
                     plain()),
              R"(ALTER TABLE "item" ADD COLUMN "type" TEXT NOT NULL DEFAULT 'seed';
ALTER TABLE "item" ADD COLUMN "weight" REAL;
UPDATE "item" SET "weight" = 0.5;
DROP INDEX "item_name_unique";
ALTER TABLE "item" RENAME COLUMN "name" TO "title";
CREATE UNIQUE INDEX "item_title_unique" ON "item" ("title");
DROP INDEX "item_title_unique";
ALTER TABLE "item" RENAME TO "thing";
CREATE UNIQUE INDEX "thing_title_unique" ON "thing" ("title");
)");
}

TEST(sqlite_steps, other_changes_make_the_table_anew) {
    EXPECT_EQ(sql_of({alter_column{"item", integer32("price").fill(7)}}, plain()),
              R"(-- indexes and triggers on item that aren't Croft's are kept
CREATE TABLE "croft_new_item" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT NOT NULL DEFAULT '',
  "price" INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO "croft_new_item" ("id", "name", "price") SELECT "id", "name", coalesce("price", 7) FROM "item";
-- columns of item that aren't Croft's are kept
DELETE FROM sqlite_sequence WHERE name = 'croft_new_item';
INSERT INTO sqlite_sequence (name, seq) SELECT 'croft_new_item', seq FROM sqlite_sequence WHERE name = 'item';
PRAGMA legacy_alter_table=ON;
DROP TABLE "item";
ALTER TABLE "croft_new_item" RENAME TO "item";
PRAGMA legacy_alter_table=OFF;
CREATE UNIQUE INDEX "item_name_unique" ON "item" ("name");
-- and made again on item
)");
}

TEST(sqlite_steps, history_goes_along_with_its_table) {
    const auto from = made_by({create_table{"tag", {id(), text("name")}}, keep_history{"tag"}});
    const auto sql = sql_of({rename_column{"tag", "name", "title"}}, from);
    EXPECT_NE(sql.find("ALTER TABLE \"tag_history\" RENAME COLUMN \"name\" TO \"title\""), sql.npos) << sql;
    EXPECT_LT(sql.find("DROP TRIGGER IF EXISTS \"tag_history_update\""), sql.find("ALTER TABLE \"tag\"")) << sql;
    EXPECT_GT(sql.find("CREATE TRIGGER \"tag_history_update\""), sql.find("ALTER TABLE \"tag_history\"")) << sql;
    const auto moved = sql_of({rename_table{"tag", "label"}}, from);
    EXPECT_NE(moved.find("ALTER TABLE \"tag_history\" RENAME TO \"label_history\""), moved.npos) << moved;
    EXPECT_NE(moved.find("CREATE TRIGGER \"label_history_update\""), moved.npos) << moved;
}

}  // namespace croft::migrations
