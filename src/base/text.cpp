#include "base/text.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace croft {

namespace {

bool upper(char c) { return c >= 'A' && c <= 'Z'; }
char lowered(char c) { return upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (lowered(a[i - 1]) != lowered(b[j - 1]));
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row.back();
}

}  // namespace

std::string snake_case(std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool word_starts =
            upper(name[i]) && i > 0 && name[i - 1] != '_' &&
            (!upper(name[i - 1]) || (i + 1 < name.size() && !upper(name[i + 1]) && name[i + 1] != '_'));
        if (word_starts) out += '_';
        out += lowered(name[i]);
    }
    return out;
}

std::string pascal_case(std::string_view name) {
    std::string out = camel_case(name);
    if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return out;
}

std::string camel_case(std::string_view name) {
    std::string out;
    bool word_starts = false;
    for (char c : name) {
        if (c == '_' && !out.empty()) {
            word_starts = true;
            continue;
        }
        out += word_starts ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
        word_starts = false;
    }
    return out;
}

std::string quoted(std::string_view text) {
    constexpr std::size_t most = 60;
    std::string out = "\"";
    std::size_t take = std::min(text.size(), most);
    while (take < text.size() && take > 0 && (static_cast<unsigned char>(text[take]) & 0xC0) == 0x80) --take;
    for (char c : text.substr(0, take)) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    if (take < text.size()) out += "…";
    return out + '"';
}

std::string did_you_mean(std::string_view wrong, const std::vector<std::string_view>& known) {
    if (wrong.size() > 200) return {};
    std::string_view nearest;
    std::size_t best = wrong.size() / 3 + 2;
    for (auto name : known)
        if (const auto distance = edit_distance(wrong, name); distance < best) best = distance, nearest = name;
    return nearest.empty() ? std::string{} : "; did you mean " + quoted(nearest) + "?";
}

}  // namespace croft
