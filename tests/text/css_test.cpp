#include "croft/html.hpp"

#include <gtest/gtest.h>

using croft::html::document;
using croft::html::selector;

namespace {

constexpr std::string_view page_text = R"(<!DOCTYPE html><html lang="en-GB"><head><title>T</title></head><body>
<ul id="list"><li class="a odd" data-n="1">one</li><li class="b">two</li><!-- c --><li class="A c" data-x="q-r s">three
</li><li lang="de-AT">vier <b>fett</b></li></ul>
<p id="p1">alpha <i></i></p><p id="3x">beta</p><div id="esc:aped"><span>x</span><em>y</em><span>z</span></div>
<form><fieldset disabled><legend><input name="in-legend"></legend><input name="off"></fieldset>
<input name="on" TYPE="CheckBox" checked><select><option id="o1">1<option id="o2">2</select></form>
</body></html>)";

// What the selector finds, as ids or texts, joined by '|'.
std::string found(std::string_view text) {
    static const auto page = document::parse(page_text);
    std::string out;
    for (const auto& each : page.all(selector::parse(text)))
        out += (out.empty() ? "" : "|") + each.attribute("id").value_or(each.attribute("name").value_or(each.text()));
    return out;
}

std::string failure(std::string_view text) {
    const auto result = selector::try_parse(text);
    return result ? "accepted" : result.error().describe();
}

}  // namespace

TEST(css, attribute_operators_follow_their_definitions) {
    EXPECT_EQ(found("[data-n]"), "one");
    EXPECT_EQ(found("[data-n='1']"), "one");
    EXPECT_EQ(found("[class~=odd]"), "one");
    EXPECT_EQ(found("[class~='a odd']"), "");
    EXPECT_EQ(found("[data-x|=q]"), "three");
    EXPECT_EQ(found("[data-x^=q-]"), "three");
    EXPECT_EQ(found("[data-x$=' s']"), "three");
    EXPECT_EQ(found("[data-x*='-r ']"), "three");
    EXPECT_EQ(found("[data-x*='']"), "");
    EXPECT_EQ(found("li[class!=b]"), "one|three|vier fett");
    EXPECT_EQ(found("li[DATA-N=1]"), "one");
}

TEST(css, the_flags_i_and_s_decide_about_case) {
    EXPECT_EQ(found("[data-x='Q-R S']"), "");
    EXPECT_EQ(found("[data-x='Q-R S' i]"), "three");
    EXPECT_EQ(found("[type=checkbox]"), "on");
    EXPECT_EQ(found("[type=checkbox s]"), "");
    EXPECT_EQ(found(".A"), "three");
}

TEST(css, combinators_relate_elements) {
    EXPECT_EQ(found("ul > li + li"), "two|three|vier fett");
    EXPECT_EQ(found(".a ~ li b"), "fett");
    EXPECT_EQ(found("body b, body i"), "fett|");
    EXPECT_EQ(found("html > li"), "");
    EXPECT_EQ(found("ul/* c */>/* d */.b"), "two");
}

TEST(css, positions_count_elements_of_a_kind) {
    EXPECT_EQ(found("li:nth-child(2n+1)"), "one|three");
    EXPECT_EQ(found("li:nth-last-child(-n+2)"), "three|vier fett");
    EXPECT_EQ(found("span:nth-of-type(2)"), "z");
    EXPECT_EQ(found("div > :nth-last-of-type(1)"), "y|z");
    EXPECT_EQ(found("li:nth-child(2 of [class])"), "two");
    EXPECT_EQ(found("li:nth-last-child(1 of .a, .b)"), "two");
    EXPECT_EQ(found("em:only-of-type"), "y");
    EXPECT_EQ(found("b:only-child"), "fett");
    EXPECT_EQ(found("li:nth-child( +3 )"), "three");
    EXPECT_EQ(found("li:nth-child(n+99999999999999999999)"), "");
    EXPECT_EQ(found("li:NTH-CHILD(EVEN)"), "two|vier fett");
}

TEST(css, logical_pseudo_classes_take_lists) {
    EXPECT_EQ(found("li:not(.a, .b)"), "three|vier fett");
    EXPECT_EQ(found("li:is(.a, .b):where(li)"), "one|two");
    EXPECT_EQ(found(":is()"), "");
    EXPECT_EQ(found("ul:has(b)"), "list");
    EXPECT_EQ(found("li:has(+ .b)"), "one");
    EXPECT_EQ(found("li:has(~ [lang])"), "one|two|three");
    EXPECT_EQ(found("body:has(> ul b) > p"), "p1|3x");
    EXPECT_EQ(found("ul:has(> b)"), "");
    EXPECT_EQ(found("p:not(:has(i))"), "3x");
}

TEST(css, has_gives_the_same_answer_for_every_element_of_a_page) {
    const auto page =
        document::parse("<div><p><i></i></p><p><b>1</b></p><section><p></p></section></div><div><u></u></div>");
    for (const auto& each : page.all("*"))
        EXPECT_EQ(each.matches(":has(b)"), each.first("b").has_value()) << each.html();
    EXPECT_EQ(page.all(":has(b)").size(), 4u);  // html, body, div, p
}

TEST(css, has_reaches_over_several_steps) {
    EXPECT_EQ(found("ul:has(> li + li ~ li > b)"), "list");
    EXPECT_EQ(found("ul:has(> b ~ li)"), "");
    EXPECT_EQ(found("p:has(~ div > em + span)"), "p1|3x");
    EXPECT_EQ(found("p:has(+ p + div)"), "p1");
    EXPECT_EQ(found("li:has(~ li:has(b))"), "one|two|three");
}

TEST(css, text_can_be_asked_for) {
    EXPECT_EQ(found("li:contains(one)"), "one");
    EXPECT_EQ(found("li:contains('fett')"), "vier fett");
    EXPECT_EQ(found("li:icontains('VIER FETT')"), "vier fett");
    EXPECT_EQ(found("li:contains('VIER')"), "");
    std::string many;
    for (int i = 0; i < 50; ++i) many += "<p>Row " + std::to_string(i) + "</p>";
    const auto page = document::parse(many);
    EXPECT_EQ(page.all("p:contains('Row 4')").size(), 11u);
    EXPECT_EQ(page.all("p:icontains('rOW 4')").size(), 11u);
    EXPECT_EQ(page.all("p:contains('5Row')").size(), 0u);  // never across the edge of an element
}

TEST(css, the_state_of_forms_is_known) {
    EXPECT_EQ(found("input:disabled"), "off");
    EXPECT_EQ(found("input:enabled"), "in-legend|on");
    EXPECT_EQ(found("input:checked"), "on");
    EXPECT_EQ(found("option:checked"), "o1");
    EXPECT_EQ(found("a:hover"), "");
    EXPECT_EQ(found("li:lang(de)"), "vier fett");
    EXPECT_EQ(found("p:lang(en)"), "p1|3x");
    EXPECT_EQ(found("p i:empty"), "");
    EXPECT_EQ(found("p:empty"), "");
}

TEST(css, names_may_be_escaped) {
    EXPECT_EQ(found("#esc\\:aped em"), "y");
    EXPECT_EQ(found("#esc\\3a aped em"), "y");
    EXPECT_EQ(found("#\\33 x"), "3x");
    EXPECT_EQ(found("#3x"), "3x");
    EXPECT_EQ(found("[data-x=\"\\71-r\\20s\"]"), "three");
}

TEST(css, a_failure_is_located) {
    EXPECT_EQ(failure(""), "line 1, column 1: the selector ends too early");
    EXPECT_EQ(failure("a >"), "line 1, column 4: the selector ends too early");
    EXPECT_EQ(failure("a,,b"), "line 1, column 3: ',' can't stand here");
    EXPECT_EQ(failure("a)"), "line 1, column 2: ')' can't stand here");
    EXPECT_EQ(failure("a > > b"), "line 1, column 5: '>' can't stand here");
    EXPECT_EQ(failure("li:nht-child(2)"), "line 1, column 3: unknown pseudo-class ':nht-child()'");
    EXPECT_EQ(
        failure("a::text"),
        "line 1, column 3: a pseudo-element is no element: take the text or attribute of what is selected instead");
    EXPECT_EQ(failure("[a=b"), "line 1, column 5: expected ']'");
    EXPECT_EQ(failure("[a='b]"), "line 1, column 7: a string that doesn't end");
    EXPECT_EQ(failure("[a%=b]"), "line 1, column 3: expected ']' or an operator");
    EXPECT_EQ(failure("li:nth-child(x)"), "line 1, column 14: expected a position: odd, even, 3, 2n+1");
    EXPECT_EQ(failure("a:not()"), "line 1, column 7: ')' can't stand here");
    EXPECT_EQ(failure("svg|rect"), "line 1, column 4: namespaces aren't supported");
    EXPECT_EQ(failure("a /* b"), "line 1, column 3: a comment that doesn't end");
    EXPECT_EQ(failure(std::string(20'000, 'a')), "line 1, column 16385: a selector this long");
}

TEST(css, nesting_and_length_are_bounded) {
    std::string deep, close, wide = "a";
    for (int i = 0; i < 17; ++i) deep += ":not(", close += ")";
    for (int i = 0; i < 64; ++i) wide += " a";
    EXPECT_EQ(failure(deep + "a" + close), "line 1, column 85: too many parentheses in each other");
    EXPECT_EQ(failure(wide), "line 1, column 129: too many compound selectors in a row");
}

TEST(css, a_hard_selector_on_a_deep_page_stays_affordable) {
    std::string text;
    for (int i = 0; i < 3000; ++i) text += "<div><p></p>";
    const auto page = document::parse(text);
    // Without memory of what failed these would take (depth to the power of combinators) steps.
    EXPECT_EQ(page.all("div > div div > div div > div div > div div > p ~ b, x div div div div div div p").size(), 0u);
    EXPECT_EQ(page.all("div:has(b)").size(), 0u);
    EXPECT_EQ(page.all("p:nth-child(1 of p)").size(), 3000u);
    std::string rows;
    for (int i = 0; i < 20'000; ++i) rows += "<p><i></i></p>";
    EXPECT_EQ(document::parse(rows).all("p:has(~ b), p:has(~ p > b), p ~ p ~ p ~ p b").size(), 0u);
}
