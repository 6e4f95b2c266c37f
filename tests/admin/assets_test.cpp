#include "admin/assets.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <set>
#include <string>

namespace {

using namespace croft::admin;

std::string unpacked(const asset& packed) {
    std::string out(8 << 20, '\0');
    z_stream stream{};
    inflateInit2(&stream, MAX_WBITS + 16);
    stream.next_in = const_cast<unsigned char*>(packed.gzip.data());
    stream.avail_in = static_cast<uInt>(packed.gzip.size());
    stream.next_out = reinterpret_cast<unsigned char*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int result = inflate(&stream, Z_FINISH);
    out.resize(result == Z_STREAM_END ? stream.total_out : 0);
    inflateEnd(&stream);
    return out;
}

/// Every /graphql/assets/… that the page asks for.
std::set<std::string> loaded_by(const std::string& page) {
    const std::string prefix = "\"/graphql/assets/";
    std::set<std::string> paths;
    for (auto at = page.find(prefix); at != page.npos; at = page.find(prefix, at + 1)) {
        const auto begin = at + prefix.size();
        paths.insert(page.substr(begin, page.find('"', begin) - begin));
    }
    return paths;
}

TEST(assets, everything_the_page_loads_is_embedded_and_whole) {
    const auto paths = loaded_by(graphiql_page(""));
    EXPECT_EQ(paths.size(), 5u);
    std::set<std::string_view> etags;
    for (const auto& path : paths) {
        const auto* found = find_asset(path);
        ASSERT_NE(found, nullptr) << path;
        EXPECT_FALSE(unpacked(*found).empty()) << path;
        EXPECT_TRUE(etags.insert(found->etag).second) << path;
        EXPECT_TRUE(found->etag.starts_with('"') && found->etag.ends_with('"')) << found->etag;
    }
    EXPECT_EQ(find_asset("graphiql.min.css")->content_type, "text/css; charset=utf-8");
    EXPECT_NE(unpacked(*find_asset("graphiql-page.js")).find("GraphiQL"), std::string::npos);
}

TEST(assets, compressed_they_stay_below_one_megabyte) {
    std::size_t total = 0;
    for (const auto& path : loaded_by(graphiql_page(""))) total += find_asset(path)->gzip.size();
    EXPECT_LT(total, 1u << 20);
}

TEST(assets, an_unknown_path_finds_nothing) {
    EXPECT_EQ(find_asset("graphiql.html"), nullptr);
    EXPECT_EQ(find_asset("../graphiql.min.js"), nullptr);
    EXPECT_EQ(find_asset(""), nullptr);
}

TEST(assets, the_default_query_stands_in_the_page_as_json_that_cannot_end_its_element) {
    const auto page = graphiql_page("{ a(b: \"</script>\\\") }\n");
    EXPECT_NE(page.find(R"(>"{ a(b: \"\u003c/script\u003e\\\") }\u000a"</script>)"), std::string::npos) << page;
    EXPECT_EQ(page.find("{{"), std::string::npos);
}

TEST(assets, the_page_has_no_inline_script_and_names_no_host) {
    const auto page = graphiql_page("{ me }");
    EXPECT_EQ(page.find("://"), std::string::npos);
    EXPECT_EQ(page.find("<script>"), std::string::npos);
}

}  // namespace
