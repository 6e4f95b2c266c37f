#include "cli/listing.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace croft::cli {

std::string moment(const std::optional<time_point>& when) {
    if (!when) return "-";
    std::string text = to_text(*when);
    text[10] = ' ';
    return text.substr(0, 19) + "Z";
}

json time_as_json(const std::optional<time_point>& when) { return when ? json(to_text(*when)) : json(); }

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

void listing::print() const {
    std::vector<std::size_t> widths(rows_.front().size());
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t i = 0; i + 1 < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
        fmt::print("{}{}\n", line, row.back());
    }
}

}  // namespace croft::cli
