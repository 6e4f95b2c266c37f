#include <limits>

#include "model/shop.hpp"

using namespace croft;

TEST(model, one_declaration_gives_names_types_defaults_and_constraints) {
    const auto& info = model<Item>();
    EXPECT_EQ(info.table, "item");
    ASSERT_EQ(info.fields.size(), 8u);
    EXPECT_EQ(info.fields[1].name, "name");
    EXPECT_EQ(info.fields[2].initial, value(std::string("item")));
    EXPECT_TRUE(info.fields[4].nullable);
    EXPECT_EQ(info.fields[5].type, field_type::reference);
    EXPECT_EQ(&info.fields[5].target(), &info);
    EXPECT_EQ(info.fields[5].rule, on_delete::set_null);
    EXPECT_EQ(info.uniques, (std::vector<std::vector<std::size_t>>{{1}}));
    EXPECT_TRUE(info.has_history);
    EXPECT_EQ(model<RecipeItem>().table, "recipe_item");
    EXPECT_EQ(model<Everything>().table, "all_the_things");
}

std::string refused(const Everything& initial) {
    using namespace croft::detail;
    try {
        describe("Everything", "models.hpp", 7, member_signature<Everything>(), &sample<Everything>.object,
                 member_addresses<Everything>.data(), member_storage<Everything>.data(), member_count<Everything>,
                 &initial, &model<Everything>, {});
    } catch (const config_error& e) {
        return e.what();
    }
    return "";
}

TEST(model, a_default_that_no_database_remembers_is_refused) {
    EXPECT_EQ(refused({}), "");
    EXPECT_EQ(refused({.real = std::numeric_limits<double>::infinity()}), "");
    EXPECT_EQ(refused({.real = std::numeric_limits<double>::quiet_NaN()}),
              "models.hpp:7: Everything.real: its default is NaN, which SQLite can't store");
    EXPECT_EQ(refused({.word = std::string("a\0b", 3)}),
              "models.hpp:7: Everything.word: its default holds a zero byte, which the SQL of a default can't");
}

TEST(model, unknown_names_are_refused_with_the_nearest_that_exists) {
    try {
        model<Item>().index_of("sell_prize");
        FAIL();
    } catch (const error& e) {
        EXPECT_STREQ(e.what(), "Item has no field \"sell_prize\"; did you mean \"sell_price\"?");
    }
    EXPECT_EQ(&model_named("RecipeItem"), &model<RecipeItem>());
    EXPECT_EQ(&model_named("recipe_item"), &model<RecipeItem>());
    EXPECT_THROW(model_named("Recipe"), error);
}

TEST(model, values_are_checked_for_type_and_range_and_the_message_names_the_field) {
    const auto& info = model<Everything>();
    const auto& small = info.fields[info.index_of("small")];
    EXPECT_EQ(fit(info, small, std::int64_t{5}), value(std::int64_t{5}));
    try {
        fit(info, small, std::int64_t{40'000});
        FAIL();
    } catch (const error& e) {
        EXPECT_STREQ(e.what(), "Everything.small: 40000 is not within -32768 … 32767");
    }
    EXPECT_THROW(fit(info, small, {}), error);
    EXPECT_THROW(fit(info, info.fields[info.index_of("at")], std::string("yesterday")), error);
}
