// Whatever the selector: it is refused with a place inside it, or it selects the same elements however it is asked.
#include <cstdlib>

#include "croft/html.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const auto page = croft::html::document::parse(
        "<html lang=en><body><div id=a class='b c'><p>x <b title=y>z</b></p><p><i></i></p></div><div><ul><li>1<li "
        "class=b>2"
        "<li>3</ul><form><input type=text disabled><select><option>1<option selected>2</select></form></div>");
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto selector = croft::html::selector::try_parse(text);
    if (!selector) {
        if (selector.error().column > size + 1) std::abort();
        return 0;
    }
    const auto found = page.all(*selector);
    const auto first = page.first(*selector);
    if (first.has_value() == found.empty()) std::abort();
    if (first && *first != found[0]) std::abort();
    for (const auto& each : page.all("div")) (void)each.all(*selector);
    return 0;
}
