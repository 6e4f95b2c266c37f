// A page's bytes to UTF-8 (HTML standard, 13.2.3.2: determining the character encoding). Any thread.
#pragma once

#include <string>
#include <string_view>

namespace croft::text {

/// By byte order mark, then `hint` (the transport's charset), then <meta> in the first 1,024 bytes, else UTF-8 if the
/// bytes are that and windows-1252 if not. What can't be decoded becomes U+FFFD.
std::string html_to_utf8(std::string_view bytes, std::string_view hint);

/// The charset named by a <meta> among the first 1,024 bytes; empty if none.
std::string meta_charset(std::string_view bytes);

}  // namespace croft::text
