// {"html": …, "selector": …} -> {"indexes": [pre-order numbers of the elements that match]} or {"error": …}
#include "croft/html.hpp"
#include "suite.hpp"

namespace {

using croft::json;

// The driver sends the same page with many cases.
const croft::html::document& page_of(const std::string& html) {
    static std::string last;
    static auto page = croft::html::document::parse("");
    if (html != last) {
        page = croft::html::document::parse(html);
        last = html;
    }
    return page;
}

std::string answer(const json& the_case) {
    const auto selector = croft::html::selector::try_parse(the_case["selector"].text());
    if (!selector) return json::object({{"error", selector.error().describe()}}).dump();
    const auto& page = page_of(the_case["html"].text());
    const auto found = page.all(*selector);
    auto indexes = json::array({});
    std::size_t at = 0, index = 0;
    for (const auto& element : page.all("*")) {
        if (at < found.size() && found[at] == element) {
            indexes.push_back(index);
            ++at;
        }
        ++index;
    }
    return json::object({{"indexes", std::move(indexes)}}).dump();
}

const conformance::suite registered{"selectors", answer};

}  // namespace
