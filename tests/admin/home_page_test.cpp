#include "admin/home_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace croft::admin {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(home_page, what_sources_said_cannot_become_markup) {
    home_view view;
    view.program = "a<b";
    view.database = "sqlite:\"x\".db";
    view.tasks.push_back({.name = "<script>",
                          .spec = "' onload='",
                          .next = {},
                          .state = "&",
                          .last_outcome = "failed",
                          .last_started = {},
                          .last_error = "</td><script>alert(1)</script>"});
    view.models.push_back({"<i>", "<b>", 1, false});
    const auto page = home_page(view);
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(page, Not(HasSubstr("<i>")));
    EXPECT_THAT(page, HasSubstr("&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;"));
    EXPECT_THAT(page, HasSubstr("<title>a&lt;b</title>"));
    EXPECT_THAT(page, HasSubstr("&#39; onload=&#39;"));
}

TEST(home_page, an_empty_app_says_so) {
    const auto page = home_page({});
    EXPECT_THAT(page, HasSubstr("<h2>Tasks</h2>\n<p>None are declared.</p>"));
    EXPECT_THAT(page, Not(HasSubstr("GraphiQL")));
}

TEST(home_page, a_large_table_is_not_counted_to_its_end) {
    home_view view;
    view.models.push_back({"Item", "item", std::nullopt, true});
    EXPECT_THAT(home_page(view), HasSubstr("<td class=n>over 100000<td>kept"));
}

}  // namespace
}  // namespace croft::admin
