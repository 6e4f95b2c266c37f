#include "migrate/definition.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace croft::migrations {
namespace {

std::size_t end_of_quoted(std::string_view text, std::size_t at) {
    const char quote = text[at];
    for (++at; at < text.size(); ++at)
        if (text[at] == quote) {
            if (at + 1 < text.size() && text[at + 1] == quote)
                ++at;
            else
                return at + 1;
        }
    return text.size();
}

constexpr std::array<std::string_view, 7> words = {" NOT NULL",    " DEFAULT ",    " CONSTRAINT ", " CHECK ",
                                                   " REFERENCES ", " PRIMARY KEY", " GENERATED "};

/// The definition split before each of `words` that stands outside of quotes and parentheses.
std::vector<std::string> parts_of(std::string_view text) {
    std::vector<std::string> parts;
    std::size_t start = 0;
    int depth = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == '\'' || text[i] == '"') {
            i = end_of_quoted(text, i);
            continue;
        }
        if (text[i] == '(') ++depth;
        if (text[i] == ')') --depth;
        if (depth == 0 && i > start &&
            std::ranges::any_of(words, [&](auto word) { return text.substr(i).starts_with(word); })) {
            parts.emplace_back(text.substr(start, i - start));
            start = i;
        }
        ++i;
    }
    parts.emplace_back(text.substr(start));
    return parts;
}

bool take(std::string& from, std::string_view word) {
    if (!from.starts_with(word)) return false;
    from.erase(0, word.size());
    return true;
}

}  // namespace

definition read_definition(std::string_view text) {
    definition out;
    auto parts = parts_of(text);
    out.type = parts.front().substr(end_of_quoted(parts.front(), 0) + 1);
    for (std::size_t i = 1; i < parts.size(); ++i) {
        auto part = parts[i];
        if (take(part, " NOT NULL"))
            out.not_null = true;
        else if (take(part, " DEFAULT "))
            out.initial = part;
        else if (take(part, " CONSTRAINT "))
            out.check_name = part;
        else if (take(part, " CHECK "))
            out.check = part;
        else if (part.starts_with(" REFERENCES "))
            out.references = part.substr(1);
        else
            out.key += part;
    }
    return out;
}

std::string without_constraint_names(std::string text) {
    constexpr std::string_view word = "CONSTRAINT \"";
    for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at)) {
        const auto end = end_of_quoted(text, at + word.size() - 1);
        text.erase(at, std::min(end + 1, text.size()) - at);
    }
    return text;
}

}  // namespace croft::migrations
