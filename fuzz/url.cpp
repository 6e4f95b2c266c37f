// Whatever the text: a URL's text is a URL again and doesn't change any more; parameters survive being set.
#include <cstdlib>

#include "text/url.hpp"

using croft::text::url;

namespace {

void check(const url& parsed) {
    const auto again = url::try_parse(parsed.text());
    if (!again || again->text() != parsed.text()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static const auto base = url::parse("https://e.com/a/b?c#d");
    if (auto parsed = url::try_parse(text)) {
        check(*parsed);
        const auto name = text.substr(0, 4);
        parsed->set_parameter(name, text);
        if (!name.empty() && parsed->parameter(name) != text) std::abort();
    }
    if (const auto resolved = base.resolve(text)) check(*resolved);
    return 0;
}
