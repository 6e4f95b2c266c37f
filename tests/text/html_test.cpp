#include "croft/html.hpp"

#include <gtest/gtest.h>

#include "text/html_charset.hpp"

using croft::attribute;
using croft::html::document;

namespace {

document parsed(std::string_view bytes, std::string source = "https://site.example/a/location.php?id=3") {
    return document::parse(bytes, {.source = std::move(source)});
}

template <class Action>
std::string message(Action action) {
    try {
        action();
    } catch (const croft::error& e) {
        return e.what();
    }
    return "nothing thrown";
}

}  // namespace

TEST(html, a_page_is_scraped_in_the_form_of_the_guide) {
    const auto page = parsed(R"(<div class="center"><strong> The
        Barn </strong></div><a href="item.php?id=7">Hoe</a><a href="/x">no</a><a href='item.php?a=b&amp;id=12#top'>Axe</a>)");
    EXPECT_EQ(page.one(".center strong").text(), "The Barn");
    EXPECT_EQ(page.all("a[href^='item.php']").map(attribute("href").number("id")), (std::vector<std::int64_t>{7, 12}));
    EXPECT_EQ(page.all("a").map(attribute("href").url()),
              (std::vector<std::string>{"https://site.example/a/item.php?id=7", "https://site.example/x",
                                        "https://site.example/a/item.php?a=b&id=12#top"}));
    EXPECT_EQ(page.all("a").map(croft::html::text()), (std::vector<std::string>{"Hoe", "no", "Axe"}));
    EXPECT_EQ(page.all("a").map([](const auto& a) { return a.tag().size(); }), (std::vector<std::size_t>{1, 1, 1}));
}

TEST(html, one_names_the_selector_and_the_page_when_nothing_matches) {
    const auto page = parsed("<p>x</p>");
    try {
        (void)page.one(".center strong");
        FAIL();
    } catch (const croft::html::selection_error& e) {
        EXPECT_STREQ(e.what(), "nothing matches \".center strong\" in https://site.example/a/location.php?id=3");
        EXPECT_EQ(e.selector(), ".center strong");
        EXPECT_EQ(e.source(), "https://site.example/a/location.php?id=3");
    }
    EXPECT_EQ(page.first("b"), std::nullopt);
    EXPECT_TRUE(page.all("b").empty());
    EXPECT_EQ(message([&] { (void)page.one("p["); }), "selector \"p[\", line 1, column 3: expected a name");
}

TEST(html, an_extractor_names_what_it_missed) {
    const auto page = parsed("<a href='item.php?id=x'>A</a>", "p.html");
    const auto links = page.all("a");
    EXPECT_EQ(message([&] { (void)links.map(attribute("title")); }),
              "no attribute \"title\" in p.html: <a href=\"item.php?id=x\">A</a>");
    EXPECT_EQ(message([&] { (void)links.map(attribute("href").number("id")); }),
              "parameter \"id\" of attribute \"href\" is no integer: \"x\" in p.html: <a href=\"item.php?id=x\">A</a>");
    EXPECT_EQ(message([&] { (void)links.map(attribute("href").number("n")); }),
              "no parameter \"n\" in attribute \"href\" in p.html: <a href=\"item.php?id=x\">A</a>");
    EXPECT_EQ(links.map(attribute("title").value_or("-")), std::vector<std::string>{"-"});
}

TEST(html, an_element_outlives_its_document) {
    const auto cell = document::parse("<table><tr><td>7</table>").one("td");
    EXPECT_EQ(cell.text(), "7");
    EXPECT_EQ(cell.parent()->parent()->tag(), "tbody");
    for (const auto& row : document::parse("<p>a<p>b").all("p")) EXPECT_EQ(row.tag(), "p");
}

TEST(html, text_is_what_a_reader_sees) {
    const auto page = parsed(
        "<div id=d> a\n\t "
        "b<b>c</b>d&nbsp;e<br>f<script>no()</script><table><tr><td>1</td><td>2</td></table>g</div><script>x</script>");
    EXPECT_EQ(page.one("#d").text(), "a bcd e f 1 2 g");
    EXPECT_EQ(page.one("td").raw_text(), "1");
    EXPECT_EQ(page.one("#d").raw_text(),
              " a\n\t bcd\xC2\xA0"
              "efno()12g");
    EXPECT_EQ(page.one("body > script").text(), "x");
}

TEST(html, relative_queries_start_at_the_element) {
    const auto page = parsed("<div><p><b>1</b></p><b>2</b></div><b>3</b>");
    const auto div = page.one("div");
    EXPECT_EQ(div.all("b").size(), 2u);
    EXPECT_EQ(div.all("> b").map(croft::html::text()), std::vector<std::string>{"2"});
    EXPECT_EQ(div.all(":scope > b").size(), 1u);
    EXPECT_EQ(div.one("+ b").text(), "3");
    EXPECT_EQ(div.all("body b").size(), 2u);  // as in a browser: ancestors outside count
    EXPECT_EQ(div.children().size(), 2u);
    EXPECT_EQ(page.one("p b").closest("div"), div);
    EXPECT_TRUE(div.matches("body > div"));
    EXPECT_FALSE(div.matches("p"));
}

TEST(html, markup_comes_out_escaped_and_complete) {
    const auto page = parsed("<p title='a\"<&amp;'>x &lt; y<br><!-- c --><script>a<b</script></p>");
    EXPECT_EQ(page.one("p").html(), "<p title=\"a&quot;<&amp;\">x &lt; y<br><!-- c --><script>a<b</script></p>");
    EXPECT_EQ(parsed("<svg><foreignObject/></svg><x-y Z=1>").one("x-y").html(), "<x-y z=\"1\"></x-y>");
    EXPECT_EQ(page.one("p").attribute("TITLE"), "a\"<&");
}

TEST(html, a_page_always_has_a_root) {
    EXPECT_EQ(parsed("").root().tag(), "html");
    EXPECT_EQ(parsed("<!-- c --><title> A\nb </title>").title(), "A b");
    EXPECT_EQ(parsed("x").root().parent(), std::nullopt);
}

TEST(html, the_encoding_is_taken_from_mark_hint_meta_or_the_bytes) {
    using croft::text::html_to_utf8;
    EXPECT_EQ(html_to_utf8("\xEF\xBB\xBFk\xC3\xA4", "latin1"), "kä");
    EXPECT_EQ(html_to_utf8("k\xE4 \x80", "ISO-8859-1"), "kä €");
    EXPECT_EQ(html_to_utf8("<meta charset='windows-1251'>\xE4", ""), "<meta charset='windows-1251'>д");
    EXPECT_EQ(html_to_utf8("<meta http-equiv=x content=\"text/html; charset=utf-8\">\xE4", ""),
              "<meta http-equiv=x content=\"text/html; charset=utf-8\">\xEF\xBF\xBD");
    EXPECT_EQ(html_to_utf8("k\xE4", ""), "kä");
    EXPECT_EQ(html_to_utf8("k\xC3\xA4", ""), "kä");
    EXPECT_EQ(html_to_utf8("k\xC3\xA4", "../no/such"), "kä");
    EXPECT_EQ(html_to_utf8(std::string_view("\xFF\xFEk\0\xE4\0", 6), ""), "kä");
    EXPECT_EQ(html_to_utf8("\x82\xA0\x82", "shift_jis"), "あ\xEF\xBF\xBD");
    EXPECT_EQ(document::parse("<p>\xE9</p>", {.charset = "windows-1252"}).one("p").text(), "é");
}

TEST(html, links_follow_the_base_of_the_page) {
    const auto page = parsed("<base href='/b/'><a href='i?x=1 2'>");
    EXPECT_EQ(page.all("a").map(attribute("href").url()).front(), "https://site.example/b/i?x=1%202");
}

TEST(html, what_exceeds_the_limits_is_refused) {
    const auto failure = [](std::string_view bytes, const croft::html::document_options& options) {
        const auto page = document::try_parse(bytes, options);
        return page ? "accepted" : page.error().message;
    };
    EXPECT_EQ(failure("12345", {.max_bytes = 4}), "5 bytes, more than the 4 allowed");
    std::string fonts = "<p>";  // each <p> closes all of them, each x opens them again: quadratic by the standard
    for (int i = 0; i < 3000; ++i) fonts += "<font color=" + std::to_string(i) + ">";
    for (int i = 0; i < 3000; ++i) fonts += "<p>x";
    EXPECT_EQ(failure(fonts, {.max_memory = std::size_t{32} << 20}),
              "parsing this page takes more memory than allowed");
    EXPECT_EQ(failure(std::string(100'000, '<') + fonts, {.max_seconds = 0}),
              "parsing this page takes more time than allowed");
}

TEST(html, a_page_of_any_depth_is_walked_without_recursion) {
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += "<i>";
    const auto page = parsed(text + "x");
    EXPECT_EQ(page.root().text(), "x");
    EXPECT_EQ(page.all("i").size(), 20'000u);
    EXPECT_EQ(page.all("i i i:contains(x)").size(), 19'998u);
    EXPECT_GT(page.root().html().size(), 140'000u);
}
