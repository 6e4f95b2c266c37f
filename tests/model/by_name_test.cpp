// Queries built from names and values that strangers give.
#include "croft/pages.hpp"
#include "croft/sql.hpp"
#include "model/shop.hpp"
#include "model/sql.hpp"
#include "model/world.hpp"

struct Hostile {
    std::int64_t id = 0;
    std::string word;
};
CROFT_MODEL(Hostile, table("x\"; DROP TABLE item; --"), indexed<&Hostile::word>, history());

using namespace croft;
using shop::item, shop::message_of, shop::names, shop::strings;
using testing::HasSubstr;

namespace {

struct by_name : shop::fixture {};

const strings attacks = {"x'; DROP TABLE item; --",
                         "\" OR 1=1 --",
                         "name\" = '' OR \"1",
                         "*/ DROP TABLE item /*",
                         "%' OR '1'='1",
                         "\\",
                         "?1",
                         "$1",
                         ":name",
                         "]",
                         "{\"}",
                         "a,b\"}'"};

std::string sql_of(condition c) {
    return model_sql::select(query<Item>().where(std::move(c)).what(), db::engine::sqlite).sql;
}

template <class F>
std::string refusal(F make) {
    try {
        make();
    } catch (const error& e) {
        return e.what();
    }
    return "(nothing was thrown)";
}

}  // namespace

TEST(query_names, build_what_the_typed_form_builds) {
    const auto& items = model<Item>();
    EXPECT_EQ(sql_of(condition_on(items, "key.type", comparison::equal, "tool")),
              sql_of(f<&Item::key, &Item::type> == "tool"));
    EXPECT_EQ(sql_of(condition_on(items, "recipe.quantity", comparison::greater, std::int64_t{3})),
              sql_of(any<&RecipeItem::item>(f<&RecipeItem::quantity> > 3)));
    EXPECT_EQ(
        sql_of(condition_on(items, "key.used_in.item.name", comparison::icontains, "a")),
        sql_of(through<&Item::key>(any<&RecipeItem::ingredient>(f<&RecipeItem::item, &Item::name>.icontains("a")))));
    EXPECT_EQ(sql_of(condition_on(items, "market_price", comparison_named("is_null"), false)),
              sql_of(!f<&Item::market_price>.is_null()));
    EXPECT_TRUE(ordering_on(items, "-key.name").descending);
    EXPECT_EQ(aggregate_named("count_distinct"), operation::count_distinct);
}

TEST(query_names, that_do_not_exist_are_refused_with_the_nearest_that_does) {
    const auto& items = model<Item>();
    const auto on = [&](std::string_view name) {
        return refusal([&] { condition_on(items, name, comparison::equal, std::int64_t{1}); });
    };
    EXPECT_THAT(on("sel_price"), HasSubstr("did you mean \"sell_price\"?"));
    EXPECT_THAT(on("recipes.quantity"), HasSubstr("did you mean \"recipe\"?"));
    EXPECT_THAT(on("recipe.quantiti"), HasSubstr("RecipeItem has no field and no way back \"quantiti\""));
    EXPECT_THAT(on("recipe"), HasSubstr("name one of their fields"));
    EXPECT_THAT(on("name.x"), HasSubstr("Item.name is not a reference"));
    EXPECT_THAT(refusal([] { comparison_named("icontain"); }), HasSubstr("did you mean \"icontains\"?"));
    EXPECT_THAT(refusal([] { aggregate_named("average"); }), HasSubstr("there is no aggregate \"average\""));
    EXPECT_THAT(refusal([&] { ordering_on(items, "-nam"); }), HasSubstr("did you mean \"name\"?"));
    for (auto& attack : attacks) {
        EXPECT_THAT(on(attack), testing::Not(HasSubstr("nothing was thrown"))) << attack;
        EXPECT_THROW(ordering_on(items, attack), error);
        EXPECT_THROW(comparison_named(attack), error);
        EXPECT_THROW(aggregate_named(attack), error);
        EXPECT_THROW(path_to(items, attack), error);
    }
    EXPECT_THROW(condition_on(items, "", comparison::equal, std::int64_t{1}), error);
    EXPECT_THROW(condition_on(items, "key.", comparison::equal, std::int64_t{1}), error);
    // references and links without a way back don't have it under the empty name
    EXPECT_THAT(refusal([] { condition_on(model<world::City>(), ".city", comparison::equal, std::int64_t{1}); }),
                HasSubstr("City has no field and no way back \"\""));
}

TEST_F(by_name, an_attack_in_any_value_finds_only_the_row_that_holds_it) {
    in_database([&]() -> task<> {
        for (auto& attack : attacks) co_await create(item(attack, 1));
        for (auto& attack : attacks) {
            const auto found = [&](condition c) -> task<std::int64_t> {
                return query<Item>().where(std::move(c)).count();
            };
            EXPECT_EQ(co_await found(f<&Item::name> == attack), 1) << attack;
            EXPECT_EQ(co_await found(f<&Item::name>.in({attack, std::string("nothing")})), 1) << attack;
            EXPECT_EQ(co_await found(f<&Item::name>.iequals(attack)), 1) << attack;
            EXPECT_GE(co_await found(f<&Item::name>.contains(attack)), 1) << attack;
            EXPECT_GE(co_await found(f<&Item::name>.istarts_with(attack)), 1) << attack;
            EXPECT_GE(co_await found(f<&Item::name>.ends_with(attack)), 1) << attack;
            EXPECT_EQ(co_await found(f<&Item::name>.between(attack, attack)), 1) << attack;
            EXPECT_EQ(co_await found(f<&Item::key, &Item::name> == attack), 0) << attack;
            EXPECT_EQ((co_await sql<Item>("SELECT * FROM item WHERE name = :n", named("n", attack)).list()).size(), 1u);
            EXPECT_FALSE((co_await get_or_create<Item>(key<&Item::name>(attack))).created) << attack;
            EXPECT_EQ(co_await query<Item>().where(f<&Item::name> == attack).update(set<&Item::type>(attack)), 1);
            EXPECT_EQ(co_await query<Item>()
                          .group_by(f<&Item::type>)
                          .select(count())
                          .having(f<&Item::type> == attack)
                          .count(),
                      1);
            EXPECT_NE(co_await message_of([&]() -> task<> { co_await query<Item>().page(2, attack); }),
                      "(nothing was thrown)");
        }
        strings paged;
        std::string cursor;
        do {
            auto page = co_await query<Item>().order_by(f<&Item::name>).page(1, cursor);
            paged.push_back(page.rows.front().name);
            cursor = page.next;
        } while (!cursor.empty());
        EXPECT_EQ(paged.size(), attacks.size());
    });
}

TEST_F(by_name, a_table_of_any_name_is_only_a_table) {
    in_database([&]() -> task<> {
        auto row = co_await create(Hostile{.word = "a"});
        row.word = "b";
        co_await save(row);
        EXPECT_EQ(co_await query<Hostile>().where(f<&Hostile::word> == "b").update(set<&Hostile::word>("c")), 1);
        EXPECT_EQ((co_await upsert_all(std::vector<Hostile>{{.id = row.id, .word = "c"}})).unchanged, 1u);
        EXPECT_EQ((co_await query<Hostile>().as_of(clock.now()).list()).size(), 1u);
        EXPECT_TRUE(co_await remove(row));
        EXPECT_EQ(co_await query<Item>().count(), 0);  // it is still there
    });
}
