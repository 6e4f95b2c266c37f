#include "croft/uuid.hpp"

#include <gtest/gtest.h>

#include <set>

using namespace croft;

namespace {

std::string read(std::string_view text) {
    const auto id = parse_uuid(text);
    return id ? to_text(*id) : "column " + std::to_string(id.error().column) + ": " + id.error().message;
}

}  // namespace

TEST(uuid, every_usual_form_is_read_and_one_written) {
    const std::string plain = "01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e80";
    EXPECT_EQ(read(plain), plain);
    EXPECT_EQ(read("01956F3E-8C00-7D3A-9B1E-4F6A5C2D7E80"), plain);
    EXPECT_EQ(read("{01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e80}"), plain);
    EXPECT_EQ(read("urn:uuid:01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e80"), plain);
    EXPECT_EQ(read("01956f3e8c007d3a9b1e4f6a5c2d7e80"), plain);
    EXPECT_EQ(to_text(uuid{}), "00000000-0000-0000-0000-000000000000");
}

TEST(uuid, what_is_none_says_where_it_stops_being_one) {
    EXPECT_EQ(read(""), "column 1: expected one of 32 hexadecimal digits of a UUID");
    EXPECT_EQ(read("01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e8g"),
              "column 36: expected one of 32 hexadecimal digits of a UUID");
    EXPECT_EQ(read("01956f3e+8c00-7d3a-9b1e-4f6a5c2d7e80"), "column 9: expected '-'");
    EXPECT_EQ(read("01956f3e8c007d3a9b1e4f6a5c2d7e8000"), "column 33: expected the end of the UUID");
    EXPECT_EQ(read("01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e80-"),
              "column 9: expected one of 32 hexadecimal digits of a UUID");
}

TEST(uuid, made_ones_differ_carry_their_version_and_version_7_sorts_by_time) {
    std::set<uuid> all;
    for (int i = 0; i < 1000; ++i) {
        for (const auto& [id, version] : {std::pair{uuid::v4(), '4'}, {uuid::v7(), '7'}}) {
            const auto text = to_text(id);
            EXPECT_EQ(text[14], version);
            EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);
            EXPECT_FALSE(id.is_nil());
            all.insert(id);
        }
    }
    EXPECT_EQ(all.size(), 2000u);
    uuid early, late;
    early.bytes[0] = 1, late.bytes[0] = 0x80;
    EXPECT_LT(early, late);
    EXPECT_LT(to_text(early), to_text(late));
    EXPECT_EQ(to_text(uuid::v7()).substr(0, 7), to_text(uuid::v7()).substr(0, 7));
}
