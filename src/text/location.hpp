// From a byte's place in a text to the line and column that a person looks for. Any thread.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "croft/error.hpp"

namespace croft::text {

/// A failure at byte `place` of `text`; lines end at \n, a column is a byte, both count from 1.
inline parse_failure failure_at(std::string_view text, std::size_t place, std::string message) {
    const auto before = text.substr(0, std::min(place, text.size()));
    const auto line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    const auto line_start = before.rfind('\n');
    const auto column = line_start == before.npos ? before.size() + 1 : before.size() - line_start;
    return {std::move(message), line, column};
}

}  // namespace croft::text
