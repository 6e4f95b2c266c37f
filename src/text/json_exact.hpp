// The exact JSON parser: slower than simdjson, but it knows where it stopped and reads integers of any length. It is
// asked when simdjson has refused a text, to say why or to accept it after all.
#pragma once

#include "croft/json.hpp"

namespace croft::text {

/// As json::try_parse, without looking at limits.bytes.
parsed<json> parse_json_exactly(std::string_view text, std::size_t depth);

}  // namespace croft::text
