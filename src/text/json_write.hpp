// JSON text without building a json first: rows go straight into the answer.
//
//     out += "{\"name\":";
//     append_json_string(out, name);
//
// What comes out is always valid JSON (RFC 8259). Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "croft/json.hpp"

namespace croft::text {

/// Quoted and escaped; bytes that aren't UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// The shortest digits that read back as the same double; NaN and infinities become null.
void append_json_number(std::string& out, double number);

void append_json_integer(std::string& out, std::int64_t integer);

/// Compact when `indent` is 0, else with line breaks and that many spaces a level.
void append_json(std::string& out, const json& value, unsigned indent = 0);

}  // namespace croft::text
