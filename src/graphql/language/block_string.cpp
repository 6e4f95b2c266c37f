#include "graphql/language/block_string.hpp"

#include <algorithm>
#include <vector>

#include "graphql/language/characters.hpp"

namespace croft::graphql {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }

std::vector<std::string_view> split_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    for (;;) {
        const auto end = text.find_first_of("\r\n");
        if (end == text.npos) break;
        lines.push_back(text.substr(0, end));
        const bool two = text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
        text.remove_prefix(end + (two ? 2 : 1));
    }
    lines.push_back(text);
    return lines;
}

std::size_t leading_spaces(std::string_view line) {
    return static_cast<std::size_t>(std::ranges::find_if_not(line, is_space) - line.begin());
}

bool blank(std::string_view line) { return leading_spaces(line) == line.size(); }

}  // namespace

std::string dedent_block_string(std::string_view raw) {
    const auto lines = split_lines(raw);
    std::size_t common = std::string_view::npos;
    for (std::size_t i = 1; i < lines.size(); ++i)
        if (!blank(lines[i])) common = std::min(common, leading_spaces(lines[i]));
    const auto first = std::ranges::find_if_not(lines, blank) - lines.begin();
    auto last = static_cast<std::ptrdiff_t>(lines.size());
    while (last > first && blank(lines[static_cast<std::size_t>(last - 1)])) --last;
    std::string value;
    for (auto i = first; i < last; ++i) {
        if (i != first) value += '\n';
        const std::string_view line = lines[static_cast<std::size_t>(i)];
        value += i == 0 ? line : line.substr(std::min(common, line.size()));
    }
    return value;
}

std::string print_block_string(std::string_view value, std::size_t indentation) {
    const auto lines = split_lines(value);
    const bool one_line = lines.size() == 1;
    // Text whose other lines are all indented would lose that indentation if its first line stood beside the quotes.
    const bool other_lines_indented =
        !one_line && std::all_of(lines.begin() + 1, lines.end(),
                                 [](std::string_view line) { return line.empty() || is_space(line.front()); });
    const bool ends_in_quote_or_slash = value.ends_with('"') || value.ends_with('\\');
    const bool own_lines = !one_line || utf16_length(value) > 70 || ends_in_quote_or_slash;
    const bool leading_space_matters = one_line && !value.empty() && is_space(value.front());

    const std::string newline = "\n" + std::string(indentation, ' ');
    std::string out = "\"\"\"";
    if ((own_lines && !leading_space_matters) || other_lines_indented) out += newline;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i) out += newline;
        std::string_view line = lines[i];
        for (auto at = line.find("\"\"\""); at != line.npos; at = line.find("\"\"\"")) {
            out.append(line.substr(0, at)).append("\\\"\"\"");
            line.remove_prefix(at + 3);
        }
        out += line;
    }
    if (own_lines) out += newline;
    return out += "\"\"\"";
}

bool can_be_block_string(std::string_view value) {
    if (value.empty()) return true;
    for (char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 && c != '\t' && c != '\n') return false;
    }
    const auto lines = split_lines(value);
    if (blank(lines.front()) || blank(lines.back())) return false;
    if (lines.size() == 1) return true;
    // If every line but the first is indented, reading takes that away, unless the first line stands below the quotes
    // without indentation: print_block_string puts it there.
    const bool first_indented = is_space(lines.front().front());
    return !(first_indented && std::all_of(lines.begin() + 1, lines.end(), [](std::string_view line) {
                 return line.empty() || is_space(line.front());
             }));
}

}  // namespace croft::graphql
