#include "graphql/suggestions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace croft::graphql {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return out;
}

/// Insertions, deletions, changes and swaps of neighbours between the two; `limit` + 1 when there are more.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
    const std::size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
    if (difference > limit) return limit + 1;
    std::vector<std::size_t> before_last, last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        std::size_t smallest = row[0];
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + change);
            smallest = std::min(smallest, row[j]);
        }
        if (smallest > limit) return limit + 1;
        before_last = last;
        last.swap(row);
    }
    return last[b.size()];
}

/// Digits count as numbers ("field9" before "field10"), so that lists read as a person would write them.
bool natural_less(std::string_view a, std::string_view b) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (digit(a[i]) && digit(b[j])) {
            const auto number = [&](std::string_view text, std::size_t& at) {
                while (at + 1 < text.size() && text[at] == '0' && digit(text[at + 1])) ++at;
                const std::size_t start = at;
                while (at < text.size() && digit(text[at])) ++at;
                return text.substr(start, at - start);
            };
            const auto left = number(a, i), right = number(b, j);
            if (left.size() != right.size()) return left.size() < right.size();
            if (left != right) return left < right;
        } else if (a[i] != b[j]) {
            return a[i] < b[j];
        } else {
            ++i, ++j;
        }
    }
    return a.size() - i < b.size() - j;
}

}  // namespace

std::vector<std::string> suggestions(std::string_view input, const std::vector<std::string>& options) {
    struct candidate {
        std::size_t distance;
        const std::string* name;
    };
    const std::size_t limit = input.size() * 2 / 5 + 1;
    const std::string lower_input = lower(input);
    std::vector<candidate> close;
    for (const std::string& option : options) {
        const std::string lower_option = lower(option);
        std::size_t distance = 0;
        if (option != input)
            distance = lower_option == lower_input ? 1 : edit_distance(lower_input, lower_option, limit);
        if (distance <= limit) close.push_back({distance, &option});
    }
    std::ranges::sort(close, [](const candidate& a, const candidate& b) {
        return a.distance != b.distance ? a.distance < b.distance : natural_less(*a.name, *b.name);
    });
    std::vector<std::string> names;
    for (const candidate& each : close) names.push_back(*each.name);
    return names;
}

std::string quoted_or_list(const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i) out += names.size() > 2 ? ", " : " ";
        if (i && i + 1 == names.size()) out += "or ";
        out += '"' + names[i] + '"';
    }
    return out;
}

std::string did_you_mean(const std::vector<std::string>& names, std::string_view what) {
    constexpr std::ptrdiff_t most = 5;
    if (names.empty()) return {};
    std::vector<std::string> shown = names;
    if (std::ssize(shown) > most) shown.resize(most);
    return fmt::format(" Did you mean {}{}{}?", what, what.empty() ? "" : " ", quoted_or_list(shown));
}

}  // namespace croft::graphql
