// Bodies as the archive stores them. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "croft/value.hpp"

namespace croft::scrape {

struct packed_body {
    std::string encoding;  // "gzip", or "identity" where packing wouldn't have made it smaller
    bytes content;
};

/// In lower-case hexadecimal.
std::string sha256(std::string_view body);
packed_body pack(std::string_view body);
/// Nothing when it isn't what `pack` made, or would be longer than `size`.
std::optional<std::string> unpack(std::string_view encoding, std::string_view content, std::size_t size);

}  // namespace croft::scrape
