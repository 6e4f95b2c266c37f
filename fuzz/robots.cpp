// Any bytes as robots.txt; the first line is the URL that is asked about as well.
#include "text/robots.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto rules = croft::text::robots::parse(text);
    const auto url = text.substr(0, text.find('\n'));
    (void)rules.allowed("croft", url);
    (void)rules.allowed(url, "/x");
    (void)rules.crawl_delay("croft");
    return 0;
}
