#include "http_rules.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <vector>

namespace upstream {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.push_back(trimmed(text.substr(0, end)));
        if (end == text.npos) return parts;
        text.remove_prefix(end + 1);
    }
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b,
                              [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// "q=0", "q=0.000": the coding is refused.
bool weight_is_zero(std::string_view parameter) {
    return parameter.size() >= 3 && same_ignoring_case(parameter.substr(0, 2), "q=") &&
           parameter.substr(2).find_first_not_of("0.") == parameter.npos;
}

}  // namespace

std::string http_date(std::time_t when) {
    std::tm parts{};
    gmtime_r(&when, &parts);
    char text[64];
    return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

std::optional<std::time_t> parse_http_date(const std::string& text) {
    std::tm parts{};
    const char* end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (!end || *end != '\0') return std::nullopt;
    return timegm(&parts);
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
    for (auto candidate : split(if_none_match, ',')) {
        if (candidate == "*") return true;
        if (candidate.starts_with("W/")) candidate.remove_prefix(2);
        if (candidate == etag) return true;
    }
    return false;
}

bool accepts_gzip(std::string_view accept_encoding) {
    std::optional<bool> gzip, any;
    for (auto element : split(accept_encoding, ',')) {
        const auto parts = split(element, ';');
        const bool allowed = std::ranges::none_of(parts.begin() + 1, parts.end(), weight_is_zero);
        if (same_ignoring_case(parts[0], "gzip") || same_ignoring_case(parts[0], "x-gzip")) gzip = allowed;
        if (parts[0] == "*") any = allowed;
    }
    return gzip.value_or(any.value_or(false));
}

std::map<std::string, std::string> parse_query(std::string_view query) {
    std::map<std::string, std::string> values;
    for (auto pair : split(query, '&')) {
        if (pair.empty()) continue;
        const auto equals = pair.find('=');
        values[std::string(pair.substr(0, equals))] = equals == pair.npos ? "" : std::string(pair.substr(equals + 1));
    }
    return values;
}

std::optional<std::uint64_t> to_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace upstream
