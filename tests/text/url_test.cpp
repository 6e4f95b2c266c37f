#include "text/url.hpp"

#include <gtest/gtest.h>

using croft::text::url;

namespace {

std::string normal(std::string_view text) {
    const auto result = url::try_parse(text);
    return result ? result->text() : "refused: " + result.error().message;
}

std::string resolved(std::string_view base, std::string_view reference) {
    const auto result = url::parse(base).resolve(reference);
    return result ? result->text() : "refused: " + result.error().message;
}

}  // namespace

TEST(url, its_parts_are_told_apart) {
    const auto parts = url::parse("https://me:pw@Site.Example:8443/a/b?x=1&y=2#top");
    EXPECT_EQ(parts.scheme(), "https");
    EXPECT_EQ(parts.user_info(), "me:pw");
    EXPECT_EQ(parts.host(), "site.example");
    EXPECT_EQ(parts.port(), 8443);
    EXPECT_EQ(parts.path(), "/a/b");
    EXPECT_EQ(parts.query(), "x=1&y=2");
    EXPECT_EQ(parts.fragment(), "top");
    EXPECT_EQ(parts.origin(), "https://site.example:8443");
    EXPECT_EQ(parts.target(), "/a/b?x=1&y=2");
    EXPECT_EQ(parts.without_fragment(), "https://me:pw@site.example:8443/a/b?x=1&y=2");
    EXPECT_EQ(url::parse("http://h").effective_port(), 80);
}

TEST(url, equal_resources_have_equal_texts) {
    EXPECT_EQ(normal(" HTTP://EXAMPLE.com:80 "), "http://example.com/");
    EXPECT_EQ(normal("https://e.com/a/./b/../c/%2e%2E/d"), "https://e.com/a/d");
    EXPECT_EQ(normal("https://e.com/a/.."), "https://e.com/");
    EXPECT_EQ(normal("https://e.com/../../x/."), "https://e.com/x/");
    EXPECT_EQ(normal("https:\\\\e.com\\a b\\ä?q=ü'\"#f f"), "https://e.com/a%20b/%C3%A4?q=%C3%BC%27%22#f%20f");
    EXPECT_EQ(normal("ht\ntps:e.com/\tx"), "https://e.com/x");
    EXPECT_EQ(normal("http://[2001:DB8::1]:8080/"), "http://[2001:db8::1]:8080/");
    EXPECT_EQ(normal("mailto:a@b.c"), "mailto:a@b.c");
    EXPECT_EQ(normal("file:///etc/x"), "file:///etc/x");
    EXPECT_EQ(normal("https://e.com/a%2fb?c%20d"), "https://e.com/a%2fb?c%20d");
    EXPECT_EQ(normal("http://e.com:/"), "http://e.com/");
}

TEST(url, what_is_no_url_is_refused) {
    EXPECT_EQ(normal("item.php"), "refused: expected a scheme, as in https://");
    EXPECT_EQ(normal("http://"), "refused: a host is missing");
    EXPECT_EQ(normal("http://e.com:99999/"), "refused: '99999' is no port");
    EXPECT_EQ(normal("http://a b/"), "refused: 'a b' is no host name");
    EXPECT_EQ(normal("http://[::1/"), "refused: an IPv6 address that doesn't end");
    EXPECT_EQ(normal("http://[zz]/"), "refused: '[zz]' is no IPv6 address");
    EXPECT_EQ(normal("http://a/" + std::string(70'000, 'x')), "refused: a URL this long");
    EXPECT_THROW(url::parse(""), croft::parse_error);
}

// RFC 3986 section 5.4, with browsers' reading of "http:g".
TEST(url, references_resolve_as_the_rfc_shows) {
    const std::pair<const char*, const char*> examples[] = {{"g:h", "g:h"},
                                                            {"g", "http://a/b/c/g"},
                                                            {"./g", "http://a/b/c/g"},
                                                            {"g/", "http://a/b/c/g/"},
                                                            {"/g", "http://a/g"},
                                                            {"//g", "http://g/"},
                                                            {"?y", "http://a/b/c/d;p?y"},
                                                            {"g?y", "http://a/b/c/g?y"},
                                                            {"#s", "http://a/b/c/d;p?q#s"},
                                                            {"g#s", "http://a/b/c/g#s"},
                                                            {"g?y#s", "http://a/b/c/g?y#s"},
                                                            {";x", "http://a/b/c/;x"},
                                                            {"g;x", "http://a/b/c/g;x"},
                                                            {"", "http://a/b/c/d;p?q"},
                                                            {".", "http://a/b/c/"},
                                                            {"./", "http://a/b/c/"},
                                                            {"..", "http://a/b/"},
                                                            {"../", "http://a/b/"},
                                                            {"../g", "http://a/b/g"},
                                                            {"../..", "http://a/"},
                                                            {"../../g", "http://a/g"},
                                                            {"../../../g", "http://a/g"},
                                                            {"/./g", "http://a/g"},
                                                            {"/../g", "http://a/g"},
                                                            {"g.", "http://a/b/c/g."},
                                                            {"..g", "http://a/b/c/..g"},
                                                            {"./../g", "http://a/b/g"},
                                                            {"g/./h", "http://a/b/c/g/h"},
                                                            {"g/../h", "http://a/b/c/h"},
                                                            {"g?y/../x", "http://a/b/c/g?y/../x"},
                                                            {"http:g", "http://a/b/c/g"}};
    for (const auto& [reference, expected] : examples)
        EXPECT_EQ(resolved("http://a/b/c/d;p?q", reference), expected) << reference;
}

TEST(url, nothing_is_relative_to_an_opaque_url) {
    EXPECT_EQ(resolved("mailto:a@b.c", "x"), "refused: can't be relative to a mailto URL");
    EXPECT_EQ(resolved("https://e.com/a", "javascript:void(0)"), "javascript:void(0)");
}

TEST(url, query_parameters_are_read_and_written_encoded) {
    auto page = url::parse("https://e.com/?a=1+2&b=%C3%A4&a=3&c");
    EXPECT_EQ(page.parameter("a"), "1 2");
    EXPECT_EQ(page.parameter("b"), "ä");
    EXPECT_EQ(page.parameter("c"), "");
    EXPECT_EQ(page.parameter("d"), std::nullopt);
    page.set_parameter("a", "x&y").append_parameter("n m", "ü/");
    EXPECT_EQ(page.text(), "https://e.com/?a=x%26y&b=%C3%A4&c=&n+m=%C3%BC%2F");
    EXPECT_EQ(croft::text::percent_decode("%zz%4"), "%zz%4");
    EXPECT_EQ(croft::text::parameter_of_reference("i.php?x=1&id=4#id=5", "id"), "4");
    EXPECT_EQ(croft::text::parameter_of_reference("i.php#?id=5", "id"), std::nullopt);
}
