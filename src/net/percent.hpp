// Percent-encoding of form and query parameters: application/x-www-form-urlencoded, URL Standard §5. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace croft::net {

/// Letters, digits and "*-._" stay, a blank becomes "+", any other byte %XX.
void append_form_encoded(std::string& to, std::string_view text);

/// "+" becomes a blank, %XX its byte; a "%" without two hex digits stays.
std::string form_decoded(std::string_view text);

}  // namespace croft::net
