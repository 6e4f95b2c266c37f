// robots.txt cases. The file comes as Latin-1 (each character is one byte), the URL as the text it is.
#include "suite.hpp"
#include "text/robots.hpp"

namespace {

/// UTF-8 of characters up to U+00FF, back to one byte each.
std::string bytes_of(const std::string& latin1) {
    std::string bytes;
    for (std::size_t i = 0; i < latin1.size(); ++i) {
        const auto lead = static_cast<unsigned char>(latin1[i]);
        if (lead < 0x80) {
            bytes += latin1[i];
            continue;
        }
        if (lead > 0xC3 || i + 1 >= latin1.size()) throw croft::error("robots: a character beyond U+00FF");
        bytes += static_cast<char>((lead & 3) << 6 | (static_cast<unsigned char>(latin1[++i]) & 0x3F));
    }
    return bytes;
}

std::string answer(const croft::json& the_case) {
    const auto rules = croft::text::robots::parse(bytes_of(the_case["robots"].text()));
    const bool allowed = rules.allowed(the_case["agent"].text(), the_case["url"].text());
    return croft::json::object({{"allowed", allowed}}).dump();
}

const conformance::suite registered("robots", answer);

}  // namespace
