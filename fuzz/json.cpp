// Whatever the bytes: the fast and the exact parser agree, and what is written reads back as the same value.
#include <cstdlib>

#include "croft/json.hpp"
#include "text/json_exact.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto value = croft::json::try_parse(text);
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    const auto exact = croft::text::parse_json_exactly(text, 128);
    if (value.has_value() != exact.has_value()) std::abort();
    if (!value) return 0;
    if (*value != *exact) std::abort();
    const auto written = value->dump(size % 3);
    const auto again = croft::json::try_parse(written);
    if (!again || *again != *value || again->dump(size % 3) != written) std::abort();
    return 0;
}
