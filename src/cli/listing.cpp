#include "cli/listing.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace croft::cli {
namespace {

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }  // of UTF-8

std::size_t width_of(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

}  // namespace

std::string moment(const std::optional<time_point>& when) {
    if (!when) return "-";
    std::string text = to_text(*when);
    text[10] = ' ';
    return text.substr(0, 19) + "Z";
}

json time_as_json(const std::optional<time_point>& when) { return when ? json(to_text(*when)) : json(); }

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string cell(const std::string& text) {
    std::string line;
    for (char c : text) line += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
    if (width_of(line) <= 40) return line;
    std::size_t end = 0;
    for (int shown = 0; shown < 40; ++end) shown += begins_character(line[end]) ? 1 : 0;
    return line.substr(0, end - 1) + "…";
}

void listing::print() const {
    std::vector<std::size_t> widths(rows_.front().size());
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t i = 0; i + 1 < row.size(); ++i)
            line += row[i] + std::string(widths[i] - width_of(row[i]) + 2, ' ');
        fmt::print("{}{}\n", line, row.back());
    }
}

}  // namespace croft::cli
