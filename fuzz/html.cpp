// Whatever the bytes: a page comes out (or a limit is named), its tree is whole, and its markup parses again.
#include <cstdlib>

#include "croft/html.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto page = croft::html::document::try_parse(bytes, {.max_memory = std::size_t{64} << 20, .max_seconds = 2});
    if (!page) return 0;
    std::size_t children = 1;
    const auto all = page->all("*");
    for (const auto& each : all) children += each.children().size();
    if (children != all.size()) std::abort();
    if (page->all(":not(:root)").size() + 1 != all.size()) std::abort();
    (void)page->root().text();
    (void)croft::html::document::try_parse(page->root().html(), {.charset = "utf-8"});
    return 0;
}
