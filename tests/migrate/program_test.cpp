#include "migrate/support.hpp"

namespace croft::migrations {

namespace {

const operations first{create_table{"item", {id(), text("name")}}};

std::string refusal(std::vector<listed_migration> listed) {
    try {
        program made(std::move(listed));
    } catch (const error& e) {
        return e.what();
    }
    return "";
}

}  // namespace

TEST(migrations_of_a_program, come_in_the_order_of_their_numbers_and_are_found_by_name_or_number) {
    const program made({{"0010_b", "", {add_column{"item", integer32("price")}}}, {"0002_a", "", first}});
    EXPECT_EQ(made.all().front().name, "0002_a");
    EXPECT_EQ(made.up_to("0010_b"), 2u);
    EXPECT_EQ(made.up_to("2"), 1u);
    EXPECT_EQ(made.up_to("zero"), 0u);
    EXPECT_EQ(made.up_to("0000"), 0u);
    EXPECT_NE(made.end().find("item")->find("price"), nullptr);
    EXPECT_EQ(made.before(1).find("item")->find("price"), nullptr);
    EXPECT_THROW(made.up_to("0003"), error);
    EXPECT_THROW(made.up_to(""), error) << "a variable that isn't set is no wish to lose all data";
}

TEST(migrations_of_a_program, are_refused_with_their_place_when_they_can_not_be) {
    EXPECT_EQ(refusal({{"0001_a", "a.cpp:3", first}, {"0001_b", "b.cpp:3", {}}}),
              "a.cpp:3 and b.cpp:3 have the same number: give the later one the next free number, in its name and its "
              "file's");
    EXPECT_EQ(refusal({{"first", "a.cpp:3", first}}),
              "a.cpp:3: a migration is named by its number and a word: \"0002_prices\", not \"first\"");
    EXPECT_EQ(refusal({{"0001_a", "a.cpp:3", {drop_table{"item"}}}}),
              "a.cpp:3: 0001_a: there is no table \"item\" at this point");
    EXPECT_NE(refusal({{"0001_a", "a.cpp:3", {first.front(), add_index{"item", {"name"}, {.concurrently = true}}}}}),
              "");
}

}  // namespace croft::migrations
