// Programs without migrations: what is missing is added, what would lose data is refused.
#include "migrate/support.hpp"
#include "model/shop.hpp"

using namespace croft;

namespace {

struct growing : migrations::fixture {
    template <class F>
    void in_shop(F body) {
        in_database([&]() -> task<> {
            co_await migrations::make_tables(base, all_models());
            history::attach(*base);
            co_await body();
        });
    }
};

}  // namespace

CROFT_ON_EACH_ENGINE(growing);

TEST_P(growing, a_second_time_there_is_nothing_to_do) {
    in_shop([&]() -> task<> {
        const auto left = co_await migrations::make_tables(base, all_models());
        EXPECT_TRUE(left.stages.empty()) << to_text(left.stages.front().steps.front());
        EXPECT_TRUE(left.remarks.empty()) << left.remarks.front();
    });
}

TEST_P(growing, a_new_column_an_index_and_a_changed_trigger_are_brought_along_and_rows_stay) {
    in_shop([&]() -> task<> {
        co_await create(shop::item("hoe", 5));
        const auto before = co_await migrations::read_shape(base);
        for (auto& [name, text] : before.at("item").triggers)
            co_await base->script("DROP TRIGGER " + name + (on_postgres() ? " ON item" : ""));
        if (!on_postgres())
            for (auto& [name, text] : before.at("item_history").triggers) co_await base->script("DROP TRIGGER " + name);
        co_await base->script(
            "DROP INDEX item_type_index; DROP INDEX item_history_by_type; ALTER TABLE item DROP COLUMN market_price;");
        co_await base->script(
            on_postgres()
                ? "CREATE OR REPLACE FUNCTION item_history_update() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN "
                  "RETURN NULL; END'"
                : "CREATE TRIGGER item_history_update AFTER UPDATE ON item BEGIN SELECT 1; END");
        EXPECT_EQ((co_await migrations::make_tables(base, all_models())).stages.size(), 1u);
        EXPECT_TRUE((co_await migrations::make_tables(base, all_models())).stages.empty());
        const auto hoe = co_await query<Item>().one();
        EXPECT_EQ(hoe.name, "hoe");
        auto after = co_await migrations::read_shape(base);
        EXPECT_EQ(after.at("item").indexes, before.at("item").indexes);
        EXPECT_EQ(after.at("item_history").indexes, before.at("item_history").indexes);
        EXPECT_EQ(after.at("item").triggers.size(), before.at("item").triggers.size());
        co_await base->write({"UPDATE item SET market_price = 7"});
        EXPECT_EQ(co_await cell("SELECT market_price FROM item_history WHERE history_to IS NULL"), "7");
        EXPECT_EQ(co_await cell("SELECT count(*) FROM croft_migration WHERE sql LIKE '%ALTER TABLE%market_price%'"),
                  "1");
    });
}

TEST_P(growing, what_would_lose_data_is_refused_with_every_reason_and_nothing_is_changed) {
    in_shop([&]() -> task<> {
        co_await base->script("DROP TABLE all_the_things");
        co_await base->script(
            on_postgres()
                ? "CREATE TABLE all_the_things (id bigserial PRIMARY KEY, yes text NOT NULL, extra text NOT NULL)"
                : "CREATE TABLE all_the_things (id INTEGER PRIMARY KEY, yes TEXT NOT NULL, extra TEXT NOT NULL)");
        std::string said;
        try {
            co_await migrations::make_tables(base, all_models());
        } catch (const error& e) {
            said = e.what();
        }
        const auto* const differs =
            on_postgres() ? "table all_the_things: column yes is text NOT NULL in the database and boolean NOT NULL "
                            "DEFAULT true in the model"
                          : "table all_the_things: column yes is TEXT NOT NULL in the database and INTEGER NOT NULL "
                            "DEFAULT 1 in the model";
        EXPECT_NE(said.find(differs), said.npos) << said;
        EXPECT_NE(said.find("column extra is not in the model"), said.npos) << said;
        EXPECT_EQ((co_await migrations::read_shape(base)).at("all_the_things").columns.size(), 3u);
    });
}

TEST_P(growing, a_column_that_nobody_needs_is_left_alone) {
    in_shop([&]() -> task<> {
        co_await base->script("ALTER TABLE all_the_things ADD COLUMN extra TEXT");
        const auto left = co_await migrations::make_tables(base, all_models());
        EXPECT_TRUE(left.stages.empty());
        EXPECT_EQ(left.remarks, std::vector<std::string>{"table all_the_things: column extra is not in the model"});
    });
}

namespace {

/// A model of one table, as it is at one time.
model_info dated(field_type type, int scale = 0) {
    model_info made;
    made.name = made.table = "dated";
    made.has_history = true;
    made.keys = {0};
    field_info id, value;
    id.name = id.column = "id";
    value.name = value.column = "value";
    value.nullable = true;
    value.type = type;
    value.scale = scale;
    made.fields = {id, value};
    return made;
}

/// What making the tables of `wanted` throws.
task<std::string> refusal_of(db::database* base, std::vector<const model_info*> wanted) {
    return test::failure_of<error>(test::dropped(migrations::make_tables(base, std::move(wanted))));
}

}  // namespace

TEST_P(growing, a_model_that_would_read_what_is_there_as_something_else_is_refused) {
    in_database([&]() -> task<> {
        const auto refusal = [&](model_info as) -> task<std::string> {
            try {
                co_await migrations::make_tables(base, {&as});
            } catch (const error& e) {
                co_return e.what();
            }
            co_return "";
        };
        EXPECT_EQ(co_await refusal(dated(field_type::decimal, 2)), "");
        EXPECT_EQ(co_await refusal(dated(field_type::decimal, 2)), "");
        const auto said = co_await refusal(dated(field_type::decimal, 3));
        EXPECT_NE(
            said.find(on_postgres() ? "column value is numeric(18,2) in the database and numeric(18,3) in the model"
                                    : "dated.value holds decimal(2) values, and the model would read them as "
                                      "decimal(3)"),
            said.npos)
            << said;
        EXPECT_NE(co_await refusal(dated(field_type::integer64)), "");
        EXPECT_EQ(co_await refusal(dated(field_type::decimal, 2)), "");
    });
}

TEST_P(growing, a_table_without_the_models_key_is_refused_and_so_are_those_that_refer_to_it) {
    in_database([&]() -> task<> {
        co_await base->script(on_postgres() ? "CREATE TABLE item (item_id bigint PRIMARY KEY, name text)"
                                            : "CREATE TABLE item (item_id INTEGER PRIMARY KEY, name TEXT)");
        const auto said = co_await refusal_of(base, {&model<Item>(), &model<RecipeItem>()});
        EXPECT_NE(said.find("table item: its primary key isn't there: the model's is id"), said.npos) << said;
        EXPECT_FALSE(co_await has_table("recipe_item"));
    });
}

TEST_P(growing, an_adopted_table_assigns_keys_or_it_is_said_that_it_gives_them_out_again) {
    in_database([&]() -> task<> {
        co_await base->script(
            on_postgres()
                ? "CREATE TABLE all_the_things (id bigint PRIMARY KEY); INSERT INTO all_the_things VALUES (7)"
                : "CREATE TABLE all_the_things (id INTEGER PRIMARY KEY); INSERT INTO all_the_things VALUES (7)");
        const auto made = co_await migrations::make_tables(base, {&model<Everything>()});
        history::attach(*base);
        EXPECT_EQ((co_await create(Everything{})).id, 8);
        if (!on_postgres()) {
            EXPECT_EQ(made.remarks,
                      std::vector<std::string>{"table all_the_things: it was made without AUTOINCREMENT, so "
                                               "keys of rows that were removed are given out again"});
        }
        EXPECT_TRUE((co_await migrations::make_tables(base, {&model<Everything>()})).stages.empty());
    });
}

TEST_P(growing, history_is_recognised_whatever_its_triggers_names_were_shortened_to) {
    in_database([&]() -> task<> {
        auto kept = model<RecipeItem>();  // the table with the longest name that can have a history
        kept.table = std::string(55, 'r');
        co_await migrations::make_tables(base, {&model<Item>(), &kept});
        const auto again = co_await migrations::make_tables(base, {&model<Item>(), &kept});
        EXPECT_TRUE(again.stages.empty()) << to_text(again.stages.front().steps.front());
        EXPECT_EQ(again.remarks, std::vector<std::string>{});
    });
}

TEST_P(growing, a_check_that_is_no_sql_is_blamed_on_no_database_that_nobody_named) {
    in_database([&]() -> task<> {
        auto wrong = model<Everything>();
        wrong.checks.push_back({"wrong", "nonsense > 0"});
        const auto said = co_await refusal_of(base, {&wrong});
        EXPECT_NE(said.find("nonsense"), said.npos) << said;
        EXPECT_EQ(said.find("memory"), said.npos) << said;
    });
}

namespace {

struct another_schema : migrations::postgres_fixture {};

}  // namespace

TEST_F(another_schema, may_have_a_name_that_needs_quotes) {
    with_database([&](db::database& one) -> task<> { co_await one.script("CREATE SCHEMA \"App x\""); });
    with_url(url() + "&options=-csearch_path%3D%22App%5C%20x%22", [&](db::database& one) -> task<> {
        co_await migrations::make_tables(&one, {&model<Item>()});
        const auto again = co_await migrations::make_tables(&one, {&model<Item>()});
        EXPECT_TRUE(again.stages.empty()) << to_text(again.stages.front().steps.front());
        EXPECT_EQ(co_await test::count(&one, "pg_tables WHERE schemaname = 'App x' AND tablename = 'item'"), 1);
    });
}

TEST_F(another_schema, needs_the_right_to_make_one_beside_it_to_compare_with) {
    with_database([&](db::database& one) -> task<> {
        co_await one.script("CREATE ROLE visitor; CREATE SCHEMA AUTHORIZATION visitor");
        std::string said;
        co_await one.transaction([&]() -> task<> {
            co_await one.script("SET LOCAL ROLE visitor");
            said = co_await refusal_of(&one, {&model<Item>()});
        });
        co_await one.script("DROP SCHEMA visitor CASCADE; DROP ROLE visitor");
        EXPECT_NE(said.find("this role may make no schema: GRANT CREATE ON DATABASE croft_test_"), said.npos) << said;
        EXPECT_TRUE(said.ends_with(" TO visitor")) << said;
    });
}
