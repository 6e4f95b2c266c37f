#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "croft/load.hpp"

namespace serializer_test {

struct Plant {
    std::int64_t id = 0;
    std::string name, colour = "green";
    double height = 0;
};
CROFT_MODEL(Plant, unique<&Plant::name>);

struct Seed {
    std::int64_t id = 0;
    croft::ref<Plant, "seeds"> plant;
};
CROFT_MODEL(Seed, unique<&Seed::plant>);

// At namespace scope, as apps have it: options must be ready before it is made.
const croft::serializer<Seed> seed_rows(croft::from<&Seed::plant>("plant", croft::by<&Plant::name>));

using namespace croft;

TEST(serializer, rejects_a_row_whose_natural_key_is_missing) {
    const auto read =
        serializer<Plant>().read(json::parse(R"([{"name": "rose", "colour": "red"}, {"colour": "blue"}])"));
    EXPECT_EQ(read.rows.size(), 1);
    ASSERT_EQ(read.rejected.size(), 1);
    EXPECT_EQ(read.rejected[0].describe(), R"(row 2, "name": is missing)");
}

TEST(serializer, rounds_a_number_to_the_decimals_asked_for) {
    const auto read =
        serializer<Plant>(from<&Plant::height>("height", rounded(2)))
            .read(json::parse(R"([{"name": "rose", "height": 1.2000003}, {"name": "oak", "height": 31}])"));
    ASSERT_EQ(read.rows.size(), 2);
    EXPECT_EQ(read.rows[0][0], value(1.2));
    EXPECT_EQ(read.rows[1][0], value(31.0));
}

TEST(serializer, at_namespace_scope_knows_the_key_that_a_reference_is_named_by) {
    const auto read = seed_rows.read(json::parse(R"([{"plant": "rose"}])"));
    ASSERT_EQ(read.references.size(), 1);
    EXPECT_EQ(read.references[0].key_model, &model<Plant>());
    EXPECT_EQ(read.rows.at(0).at(0), value(std::string("rose")));
}

}  // namespace serializer_test
