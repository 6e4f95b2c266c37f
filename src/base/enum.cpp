#include "croft/enum.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "croft/error.hpp"

namespace croft::detail {

namespace {

/// The parts between the commas that stand outside of brackets.
std::vector<std::string_view> split(std::string_view list) {
    std::vector<std::string_view> parts;
    int depth = 0;
    std::size_t start = 0;
    for (std::size_t i = 0; i <= list.size(); ++i) {
        const char c = i < list.size() ? list[i] : ',';
        if (c == '<' || c == '(') ++depth;
        if (c == '>' || c == ')') --depth;
        if (c != ',' || depth > 0) continue;
        parts.push_back(list.substr(start, i - start));
        start = std::min(i + 2, list.size());
    }
    return parts;
}

}  // namespace

const std::string& enum_names::at(std::int64_t number) const {
    if (number < 0 || number >= static_cast<std::int64_t>(names.size()) ||
        names[static_cast<std::size_t>(number)].empty())
        throw error(fmt::format("{} is no enumerator of {} (0 to {} can have names)", number, type, names.size() - 1));
    return names[static_cast<std::size_t>(number)];
}

std::optional<std::int64_t> enum_names::find(std::string_view name) const noexcept {
    const auto at = std::ranges::find(names, name);
    if (name.empty() || at == names.end()) return std::nullopt;
    return at - names.begin();
}

enum_names split_enumerators(std::string_view signature) {
    enum_names found;
    const auto open = signature.find("= <");
    for (auto one : split(signature.substr(open + 3, signature.rfind('>') - open - 3))) {
        const auto start = one.find_last_of(":)") + 1;  // ns::rarity::rare or (ns::rarity)2
        const bool named = one[start - 1] == ':';
        found.names.emplace_back(named ? one.substr(start) : std::string_view());
        if (named) found.listed.emplace_back(one.substr(start));
        if (found.type.empty()) found.type = named ? one.substr(0, start - 2) : one.substr(1, start - 2);
    }
    for (const std::string_view hidden = "(anonymous namespace)::"; found.type.starts_with(hidden);)
        found.type.erase(0, hidden.size());
    return found;
}

}  // namespace croft::detail
