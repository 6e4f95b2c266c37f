// Bytes as letters that need no quoting in a URL (RFC 4648, section 5, without padding). Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace croft::text {

std::string to_base64url(std::string_view bytes);
/// Nothing when it isn't what to_base64url() writes.
std::optional<std::string> from_base64url(std::string_view letters);

}  // namespace croft::text
